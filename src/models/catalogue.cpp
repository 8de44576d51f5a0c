// SPDX-License-Identifier: MIT
#include "models/catalogue.hpp"

#include "models/mlp.hpp"

namespace mf {

const Catalogue<ModelFactory>& model_catalogue() {
    static const Catalogue<ModelFactory> catalogue(
        "model", {
                     {"mlp", "fully connected network on (z, t, r), for points", Mlp::options(), Mlp::make},
                 });
    return catalogue;
}

}  // namespace mf

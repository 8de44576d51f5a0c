// SPDX-License-Identifier: MIT
#include "models/catalogue.hpp"

#include "models/dit.hpp"
#include "models/mit.hpp"
#include "models/mlp.hpp"

namespace mf {

const Catalogue<ModelFactory>& model_catalogue() {
    static const Catalogue<ModelFactory> catalogue(
        "model",
        {
            {"mlp", "fully connected network on (z, t, r), for points", Mlp::options(), Mlp::make},
            {"mit", "in-context transformer of improved MeanFlow, for images", Mit::options(), Mit::make},
            {"dit", "transformer with adaLN-zero, for images", Dit::options(), Dit::make},
        });
    return catalogue;
}

}  // namespace mf

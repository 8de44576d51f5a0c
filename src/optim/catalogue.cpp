// SPDX-License-Identifier: MIT
#include "optim/adam.hpp"
#include "optim/muon.hpp"

namespace mf {

const Catalogue<OptimiserFactory>& optimiser_catalogue() {
    static const Catalogue<OptimiserFactory> catalogue(
        "optimiser",
        {
            {"adam", "Adam", Adam::options(false), Adam::make},
            {"adamw", "Adam with decoupled weight decay", Adam::options(true), Adam::make},
            {"muon", "Muon for the wide matrices, Adam for all else", Muon::options(), Muon::make},
        });
    return catalogue;
}

}  // namespace mf

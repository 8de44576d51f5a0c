// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/catalogue.hpp"
#include "ops/param.hpp"

namespace mf {

/// Turns gradients into a change of the weights; all arrays are flat, in the order of the parameter store and in the memory
/// where it is.
class Optimiser {
  public:
    virtual ~Optimiser() = default;
    /// Update number `step` (from 0) with learning rate `rate`; every gradient is multiplied by `gradient_scale` first.
    virtual void update(Device& device, Into weights, View gradients, std::int64_t step, double rate,
                        double gradient_scale) = 0;
    /// Name and array of everything that a checkpoint must hold.
    virtual std::vector<std::pair<std::string, Tensor>> state() = 0;
};

using OptimiserFactory = std::unique_ptr<Optimiser> (*)(const Settings&, const ParamStore&);
/// adam, adamw, muon by name; option keys start with "optim.".
const Catalogue<OptimiserFactory>& optimiser_catalogue();

}  // namespace mf

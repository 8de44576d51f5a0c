// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "core/options.hpp"
#include "data/dataset.hpp"
#include "nn/velocity_model.hpp"
#include "objectives/objective.hpp"

namespace mf {

/// The data set and the network that these settings name. The network's parameters are zero until they are
/// filled.
std::unique_ptr<Dataset> make_dataset(const Settings& settings);
std::unique_ptr<VelocityModel> make_model(const Settings& settings, const Dataset& data);
/// The same for an objective that is there already. UsageError when the network lacks what the objective
/// needs.
std::unique_ptr<VelocityModel> make_model(const Settings& settings, const Dataset& data,
                                          const Objective& objective);

}  // namespace mf

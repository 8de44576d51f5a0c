// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "core/options.hpp"
#include "data/dataset.hpp"
#include "nn/velocity_model.hpp"
#include "objectives/objective.hpp"

namespace mf {

/// The data set that these settings name. `plan`: a fixed order of its classes, and how many threads read.
std::unique_ptr<Dataset> make_dataset(const Settings& settings, const DataPlan& plan = {});
/// True for data that the settings alone make: neither in files nor in the memory of a program.
bool is_drawn_data(const Settings& settings);
/// What a network for this data set is built for.
SampleKind kind_of(const Dataset& data);

/// The network that the settings describe (`model.*`), for these samples; its parameters are zero until they are
/// filled.
std::unique_ptr<VelocityModel> make_model(const Settings& settings, const SampleKind& sample);
/// The same for an objective that is there already. UsageError when the network lacks what the objective needs.
std::unique_ptr<VelocityModel> make_model(const Settings& settings, const SampleKind& sample,
                                          const Objective& objective);

}  // namespace mf

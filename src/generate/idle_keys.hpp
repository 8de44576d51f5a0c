// SPDX-License-Identifier: MIT
// Keys of a run that were given another value than their default and have no effect beside the other keys.
#pragma once

#include <string>
#include <vector>

#include "core/options.hpp"
#include "nn/velocity_model.hpp"

namespace mf {

/// A line for each: "loss.p=0.5 has no effect: loss.weight=none". Keys of another choice (optim.momentum beside
/// optim.name=adam) are refused before. Guidance strengths of pictures and evaluations outside of what is going to be
/// trained get a line as well. UsageError when those are no strengths at all.
std::vector<std::string> idle_keys(const Settings& settings, const SampleKind& sample,
                                   const VelocityModel& model);

}  // namespace mf

// SPDX-License-Identifier: MIT
#pragma once

#include "objectives/objective.hpp"

namespace mf {

OptionTable flow_matching_options();
std::unique_ptr<Objective> make_flow_matching(const Settings& settings);

}  // namespace mf

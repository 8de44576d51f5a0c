// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace mf::cli {

/// Every command, in the order of the help screen.
const std::vector<Command>& all_commands();

}  // namespace mf::cli

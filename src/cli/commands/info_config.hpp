// SPDX-License-Identifier: MIT
#pragma once

#include "cli/command.hpp"

namespace mf::cli {

/// meanflow info config NAME [key=value ...]: what a run of this configuration costs, without training.
int run_info_config(const Invocation& invocation);

}  // namespace mf::cli

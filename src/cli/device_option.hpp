// SPDX-License-Identifier: MIT
// What --device means for commands of which a part stays on the CPU.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace mf::cli {

/// Where --device names another device than the CPU: a remark, with its name, that `parts` ("the judge and the scores") are
/// computed by the CPU all the same. UsageError for words that name no device that is here.
void remark_on_cpu_parts(const Invocation& invocation, const std::string& parts);

/// For what is made of convolutions, which only the CPU computes: UsageError when --device names something else. "auto" is
/// the CPU then.
void need_convolutions(const Invocation& invocation, const std::string& what);

}  // namespace mf::cli

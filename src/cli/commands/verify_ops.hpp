// SPDX-License-Identifier: MIT
#pragma once

#include "cli/command.hpp"

namespace mf::cli {

/// `meanflow verify --ops`: every op on a device, a line each. The exit code.
int verify_ops(const Invocation& invocation);

}  // namespace mf::cli

// SPDX-License-Identifier: MIT
#pragma once

namespace mf::cli {

/// `meanflow info`: version, commit and compiler of this program, its instruction sets and the one that it runs with.
void print_build(bool json);

}  // namespace mf::cli

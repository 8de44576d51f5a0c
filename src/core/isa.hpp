// SPDX-License-Identifier: MIT
// One binary for all x86-64 machines: the loops that count are compiled for several instruction sets, and the best that
// the machine has is chosen once, before main(). The rest is plain x86-64. The environment variable MEANFLOW_ISA forces
// a lower set. A build for one machine (MF_NATIVE, MF_ARCH) has a single set and no choice.
#pragma once

#include <string>
#include <vector>

namespace mf {

/// Names of the sets in this build, lowest first: "x86-64-v3", "x86-64-v4", "x86-64-v4-bf16", or the one that it was
/// built for ("native").
std::vector<std::string> built_isas();

/// The set that the loops run with; empty when there is none (see check_machine).
std::string chosen_isa();

/// Why this one, in a few words: "the best that this machine has", "MEANFLOW_ISA asks for it".
std::string why_this_isa();

/// False when this machine has none of the sets, or MEANFLOW_ISA names one that it or the build has not. Every
/// function of the loops then throws what check_machine throws.
bool machine_is_supported();

/// Throws what is wrong: Error when the machine is below the lowest set, UsageError when MEANFLOW_ISA is at fault.
void check_machine();

}  // namespace mf

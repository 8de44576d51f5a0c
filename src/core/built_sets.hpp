// SPDX-License-Identifier: MIT
// What the build knows about its instruction sets; written by cmake/instruction_sets.cmake.
#pragma once

#include <span>

namespace mf {

struct BuiltSet {
    const char* name;
    const void* const* functions;  ///< addresses in the order of the switch; null in a build of a single set
};

/// Lowest first, at least one.
std::span<const BuiltSet> built_sets();

/// Every function of the loops is from now on the one of this table.
void use_functions(const void* const* table);

}  // namespace mf

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace mf::cli {

/// How often this process asked for heap memory through operator new, on any thread.
std::uint64_t heap_allocations();

}  // namespace mf::cli

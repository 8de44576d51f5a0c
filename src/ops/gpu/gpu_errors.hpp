// SPDX-License-Identifier: MIT
// What every driver of a GPU says in the same words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/out_of_memory.hpp"

namespace mf::gpu {

/// An allocation that would go beyond what the device may give.
OutOfMemory beyond_memory(const std::string& place, std::size_t wanted, std::size_t used, std::size_t limit);
/// One that is larger than what the device gives at once.
OutOfMemory beyond_block(const std::string& place, std::size_t wanted, std::size_t largest);
/// An allocation that the driver refuses; `reason`: its code.
OutOfMemory no_memory(const std::string& place, std::size_t wanted, std::size_t used,
                      std::string_view reason);
/// Other work for which the device has no memory.
OutOfMemory no_memory_for(const std::string& place, std::string_view work, std::size_t used,
                          std::string_view reason);

/// Of what a compiler says, the line with the first error.
std::string first_error_line(std::string_view log);

}  // namespace mf::gpu

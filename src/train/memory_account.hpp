// SPDX-License-Identifier: MIT
// What a run keeps in the memory of its device, for whoever finds that there is no more of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/options.hpp"
#include "core/out_of_memory.hpp"

namespace mf {

/// In bytes, as far as it is known when the memory ends.
struct MemoryAccount {
    std::size_t weights = 0, copies = 0;  ///< f32, and those of bf16 that products read
    std::size_t gradients = 0, moments = 0, averages = 0;
    std::size_t activations = 0;  ///< of the rows that are worked on at a time; 0: no step has begun
    std::int64_t rows = 0;        ///< of a tile

    std::size_t total() const { return weights + copies + gradients + moments + averages + activations; }
};

/// `error` with the account in its line, and a hint that names what to lower and how it stands now. `settings`: of a
/// trainer.
OutOfMemory with_account(const OutOfMemory& error, const MemoryAccount& account, const Settings& settings);

}  // namespace mf

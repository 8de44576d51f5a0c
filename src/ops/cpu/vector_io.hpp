// SPDX-License-Identifier: MIT
// Vectors of numbers in memory, f32 or bf16, and loops over them.
#pragma once

#include <bit>

#include "core/dtype.hpp"
#include "machine.hpp"

namespace mf::cpu {

inline void put(float* to, FloatVector value) { store(to, value); }
inline void put(bfloat16* to, FloatVector value) { store_half(to, to_bf16_bits(value)); }
inline FloatVector get(const float* from) { return load(from); }
inline FloatVector get(const bfloat16* from) {
    return std::bit_cast<FloatVector>(__builtin_convertvector(load_half(from), WordVector) << 16);
}

/// Calls `step(offset)` for each whole vector, and `tail(offset, n)` for what is left.
template <class Step, class Tail>
void by_vectors(std::int64_t count, Step step, Tail tail) {
    const std::int64_t whole = count / kVectorFloats * kVectorFloats;
    for (std::int64_t i = 0; i < whole; i += kVectorFloats) step(i);
    if (whole < count) tail(whole, count - whole);
}

}  // namespace mf::cpu

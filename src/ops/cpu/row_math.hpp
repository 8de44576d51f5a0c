// SPDX-License-Identifier: MIT
// Sums over a row, always in the same chains and order: the same bits for a row wherever it stands.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/team.hpp"
#include "ops/cpu/vector_functions.hpp"
#include "ops/cpu/vector_io.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// Σ_j f(j), where `vector(j)` gives the terms j .. j + kVectorFloats - 1 and `single(j)` one term.
template <class Vector, class Single>
float sum_over(std::int64_t n, Vector vector, Single single) {
    FloatVector even{}, odd{};
    std::int64_t j = 0;
    for (; j + kPanel <= n; j += kPanel) {
        even += vector(j);
        odd += vector(j + kVectorFloats);
    }
    float tail = 0;
    for (; j < n; ++j) tail += single(j);
    return sum_of_lanes(even + odd) + tail;
}

inline float row_sum(const float* x, std::int64_t n) {
    return sum_over(
        n, [=](std::int64_t j) { return load(x + j); }, [=](std::int64_t j) { return x[j]; });
}

inline float row_dot(const float* x, const float* y, std::int64_t n) {
    return sum_over(
        n, [=](std::int64_t j) { return load(x + j) * load(y + j); },
        [=](std::int64_t j) { return x[j] * y[j]; });
}

inline float row_dot(const float* x, const float* y, const float* z, std::int64_t n) {
    return sum_over(
        n, [=](std::int64_t j) { return load(x + j) * load(y + j) * load(z + j); },
        [=](std::int64_t j) { return x[j] * y[j] * z[j]; });
}

inline void set(float& to, float value) { to = value; }
inline void set(bfloat16& to, float value) { to = to_bfloat16(value); }

/// out[j] = f(j) for j < n, in whole vectors and then singly.
template <class Out, class Vector, class Single>
void fill_row(Out* out, std::int64_t n, Vector vector, Single single) {
    std::int64_t j = 0;
    for (; j + kVectorFloats <= n; j += kVectorFloats) put(out + j, vector(j));
    for (; j < n; ++j) set(out[j], single(j));
}

/// For what has one result for each row and one sum over all rows: `add(row, begin, end)` adds a row's columns to the
/// sums, `row(i)` makes a row's result. Every sum is one chain in row order, whatever the number of threads.
template <class Add, class Row>
void rows_with_sums(Team& team, std::int64_t rows, std::int64_t columns, Add add, Row row) {
    if (team.size() == 1) {
        for (std::int64_t i = 0; i < rows; ++i) {
            add(i, std::int64_t{0}, columns);
            row(i);
        }
        return;
    }
    team.split(columns, kVectorFloats, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = 0; i < rows; ++i) add(i, begin, end);
    });
    team.split(rows, 16, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) row(i);
    });
}

/// Calls `work` with a pointer to the numbers in their type, f32 or bf16; null when there are none.
template <class Work>
void in_type(Into x, Work&& work) {
    if (x.type == DType::bf16)
        work(x.bf16());
    else
        work(x.f32());
}
template <class Work>
void in_type(View x, Work&& work) {
    if (x.type == DType::bf16)
        work(x.bf16());
    else
        work(x.f32());
}
template <class Work>
void in_type(Tensor& x, Work&& work) {
    in_type(Into(x), std::forward<Work>(work));
}
template <class Work>
void in_type(const Tensor& x, Work&& work) {
    in_type(View(x), std::forward<Work>(work));
}

}  // namespace mf::cpu

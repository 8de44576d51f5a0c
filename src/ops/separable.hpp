// SPDX-License-Identifier: MIT
// What resizes and averages of pictures have in common: a linear map of rows R and one of columns C, both with a few
// entries a row, the same for all channels. Tangent and adjoint are the same map and its transpose:
//   value    y[i][j]  = sum over k, l of R[i][k] C[j][l] x[k][l]
//   tangent  y'       = the same of x'
//   adjoint  x̄[k][l] += sum over i, j of R[i][k] C[j][l] ȳ[i][j]
#pragma once

#include <algorithm>

#include "ops/context.hpp"

namespace mf {

/// A sparse matrix (out, in) by rows, in the memory of the host: entries first[o] .. first[o + 1] - 1 of `index` and
/// `weight`.
struct Axis {
    std::int64_t in = 0, out = 0;
    Tensor first, index, weight;  ///< i32 (out + 1), i32, f32

    std::int32_t* firsts() { return static_cast<std::int32_t*>(first.raw()); }
    std::int32_t* indices() { return static_cast<std::int32_t*>(index.raw()); }
    const std::int32_t* firsts() const { return static_cast<const std::int32_t*>(first.raw()); }
    const std::int32_t* indices() const { return static_cast<const std::int32_t*>(index.raw()); }
    /// The transpose, its entries in order.
    Axis transposed(const Context& context) const;
};

/// An Axis whose row o has the entries that `row(o, add)` gives by add(k, weight), `most` at most; those outside
/// [0, in) are left out.
template <class Row>
Axis make_axis(const Context& context, std::int64_t in, std::int64_t out, std::int64_t most, Row row) {
    Axis axis{in, out, context.make_host({out + 1}, DType::i32), context.make_host({out * most}, DType::i32),
              context.make_host({out * most})};
    std::int32_t count = 0;
    for (std::int64_t o = 0; o < out; ++o) {
        axis.firsts()[o] = count;
        row(o, [&](std::int64_t k, double weight) {
            if (k < 0 || k >= in) return;
            axis.indices()[count] = static_cast<std::int32_t>(k);
            axis.weight.f32()[count++] = static_cast<float>(weight);
        });
    }
    axis.firsts()[out] = count;
    return axis;
}

/// x (B, rows.in, cols.in, C) f32 or bf16; the result (B, rows.out, cols.out, C) f32.
Dual separable(const Context& context, const Dual& x, Axis rows, Axis cols);

}  // namespace mf

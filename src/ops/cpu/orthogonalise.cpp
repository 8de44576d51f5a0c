// SPDX-License-Identifier: MIT
#include "ops/cpu/orthogonalise.hpp"

#include <algorithm>
#include <cmath>

#include "ops/cpu/gemm.hpp"

namespace mf {
namespace {

void resize(Tensor& tensor, std::int64_t rows, std::int64_t cols, DType dtype = DType::f32) {
    if (tensor.empty() || tensor.shape() != Shape{rows, cols}) tensor = Tensor::zeros({rows, cols}, dtype);
}

void transpose(Tensor& out, const Tensor& x) {
    const std::int64_t rows = x.rows(), cols = x.cols();
    const float* from = x.f32();
    float* to = out.f32();
    constexpr std::int64_t kBlock = 16;  // rows whose lines of `to` stay in the first cache
    for (std::int64_t i0 = 0; i0 < rows; i0 += kBlock)
        for (std::int64_t j = 0; j < cols; ++j)
            for (std::int64_t i = i0, end = std::min(rows, i0 + kBlock); i < end; ++i)
                to[j * rows + i] = from[i * cols + j];
}

/// out = r p + s q, all of one shape; out may be p or q.
void combine(Tensor& out, float r, const Tensor& p, float s, const Tensor& q) {
    const float *a = p.f32(), *b = q.f32();
    float* to = out.f32();
    for (std::int64_t i = 0, n = out.count(); i < n; ++i) to[i] = r * a[i] + s * b[i];
}

}  // namespace

/// Type of the factors of a product with this inner size: an odd one stays in f32.
DType Orthogonaliser::factor(std::int64_t inner) const {
    return factors_ == DType::bf16 && inner % 2 == 0 ? DType::bf16 : DType::f32;
}

/// One step for Y = Xᵀ (m, n), n <= m. A = Yᵀ Y and A² = Aᵀ A are symmetric: half of them needs computing, from panels
/// that are packed along rows.
void Orthogonaliser::iterate(Team& team, Tensor& y) {
    constexpr float a = 3.4445F, b = -4.7750F, c = 2.0315F;
    const std::int64_t m = y.rows(), n = y.cols();
    resize(a_, n, n);
    resize(b_, n, n);
    resize(next_, m, n);
    cpu::pack(y_panels_, {y.f32(), m, n, n, 1}, factor(m));
    cpu::gram(team, a_, y_panels_);
    cpu::pack(a_panels_, {a_.f32(), n, n, n, 1}, factor(n));
    cpu::gram(team, b_, a_panels_);
    combine(b_, b, a_, c, b_);  // B = b A + c A²
    cpu::pack(b_panels_, {b_.f32(), n, n, n, 1}, factor(n));
    if (factor(n) == DType::bf16) {
        resize(rows_, m, n, DType::bf16);
        rows_.copy_from(y);
    }
    const Tensor& left = factor(n) == DType::bf16 ? rows_ : y;
    cpu::multiply(team, {&left, &next_, nullptr}, {nullptr, nullptr, nullptr}, b_panels_);
    combine(y, a, y, 1.0F, next_);
}

void Orthogonaliser::run(Team& team, Tensor& x, int iterations) {
    double squares = 0;
    for (float value : x.floats()) squares += static_cast<double>(value) * value;
    if (squares == 0) return;
    // The Frobenius norm bounds the largest singular value: the iteration wants it at most 1.
    combine(x, static_cast<float>(1.0 / std::sqrt(squares)), x, 0.0F, x);
    const bool tall = x.rows() > x.cols();  // the small side makes the small A
    if (!tall) {
        resize(turned_, x.cols(), x.rows());
        transpose(turned_, x);
    }
    for (int i = 0; i < iterations; ++i) iterate(team, tall ? x : turned_);
    if (!tall) transpose(x, turned_);
}

}  // namespace mf

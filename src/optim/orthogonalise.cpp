// SPDX-License-Identifier: MIT
#include "optim/orthogonalise.hpp"

#include <cmath>

#include "ops/cpu/gemm.hpp"

namespace mf {
namespace {

void resize(Tensor& tensor, std::int64_t rows, std::int64_t cols) {
    if (tensor.empty() || tensor.shape() != Shape{rows, cols}) tensor = Tensor::zeros({rows, cols});
}

void transpose(Tensor& out, const Tensor& x) {
    const std::int64_t rows = x.rows(), cols = x.cols();
    const float* from = x.f32();
    float* to = out.f32();
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < cols; ++j) to[j * rows + i] = from[i * cols + j];
}

/// out = r p + s q, all of one shape; out may be p or q.
void combine(Tensor& out, float r, const Tensor& p, float s, const Tensor& q) {
    const float *a = p.f32(), *b = q.f32();
    float* to = out.f32();
    for (std::int64_t i = 0, n = out.count(); i < n; ++i) to[i] = r * a[i] + s * b[i];
}

}  // namespace

void Orthogonaliser::iterate(Team& team, Tensor& x) {
    constexpr float a = 3.4445F, b = -4.7750F, c = 2.0315F;
    const std::int64_t n = x.rows(), m = x.cols();
    const cpu::RowProduct none{nullptr, nullptr, nullptr};
    resize(a_, n, n);
    resize(b_, n, n);
    resize(next_, n, m);
    cpu::pack(panels_, {x.f32(), m, n, 1, m}, DType::f32);   // Xᵀ
    cpu::multiply(team, {&x, &a_, nullptr}, none, panels_);  // A = X Xᵀ
    cpu::pack(panels_, {a_.f32(), n, n, n, 1}, DType::f32);
    cpu::multiply(team, {&a_, &b_, nullptr}, none, panels_);  // A²
    combine(b_, b, a_, c, b_);
    cpu::pack(panels_, {x.f32(), n, m, m, 1}, DType::f32);
    cpu::multiply(team, {&b_, &next_, nullptr}, none, panels_);
    combine(x, a, x, 1.0F, next_);
}

void Orthogonaliser::run(Team& team, Tensor& x, int iterations) {
    double squares = 0;
    for (float value : x.floats()) squares += static_cast<double>(value) * value;
    if (squares == 0) return;
    // The Frobenius norm bounds the largest singular value: the iteration wants it at most 1.
    combine(x, static_cast<float>(1.0 / std::sqrt(squares)), x, 0.0F, x);
    const bool tall = x.rows() > x.cols();  // the small side makes the small A
    if (tall) {
        resize(turned_, x.cols(), x.rows());
        transpose(turned_, x);
    }
    for (int i = 0; i < iterations; ++i) iterate(team, tall ? turned_ : x);
    if (tall) transpose(x, turned_);
}

}  // namespace mf

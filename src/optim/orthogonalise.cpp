// SPDX-License-Identifier: MIT
#include "optim/orthogonalise.hpp"

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

/// out = left · right. Under bf16 `left_rows` takes the left factor's numbers; with an odd inner size it stays in f32.
void Orthogonaliser::multiply(Team& team, Tensor& out, const Tensor& left, Tensor& left_rows,
                              cpu::Panels& panels, const cpu::PlainMatrix& right) {
    const bool half = factors_ == DType::bf16 && right.k % 2 == 0;
    cpu::pack(panels, right, half ? DType::bf16 : DType::f32);
    if (half) {
        resize(left_rows, left.rows(), left.cols(), DType::bf16);
        left_rows.copy_from(left);
    }
    cpu::multiply(team, {half ? &left_rows : &left, &out, nullptr}, {nullptr, nullptr, nullptr}, panels);
}

void Orthogonaliser::iterate(Team& team, Tensor& x) {
    constexpr float a = 3.4445F, b = -4.7750F, c = 2.0315F;
    const std::int64_t n = x.rows(), m = x.cols();
    resize(a_, n, n);
    resize(b_, n, n);
    resize(next_, n, m);
    multiply(team, a_, x, x_rows_, x_turned_panels_, {x.f32(), m, n, 1, m});    // A = X Xᵀ
    multiply(team, b_, a_, square_rows_, a_panels_, {a_.f32(), n, n, n, 1});    // A²
    combine(b_, b, a_, c, b_);                                                  // B = b A + c A²
    multiply(team, next_, b_, square_rows_, x_panels_, {x.f32(), n, m, m, 1});  // B X
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

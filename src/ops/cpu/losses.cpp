// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "ops/cpu/cpu_device.hpp"

namespace mf {
namespace {

double& cell(Into total) { return *static_cast<double*>(total.data); }

}  // namespace

void CpuDevice::square_loss(const SquareLossPass& pass) {
    const std::int64_t rows = pass.p.rows, cols = pass.p.cols;
    const float *p = pass.p.f32(), *y = pass.y.f32();
    float* to = pass.gradient.f32();
    double loss = 0, squares = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
        double q = 0;
        for (std::int64_t j = i * cols; j < (i + 1) * cols; ++j) {
            const float difference = p[j] - y[j];
            q += static_cast<double>(difference) * difference;
        }
        const double w = pass.power == 0   ? 1.0
                         : pass.power == 1 ? 1.0 / (q + pass.constant)
                                           : std::pow(q + pass.constant, -pass.power);
        const auto factor = static_cast<float>(2.0 * w / pass.divisor);
        for (std::int64_t j = i * cols; j < (i + 1) * cols; ++j) to[j] = factor * (p[j] - y[j]);
        squares += q;
        loss += w * q;
    }
    pass.loss.f32()[0] = static_cast<float>(loss / pass.divisor);
    if (!pass.total.empty()) cell(pass.total) += squares;
}

void CpuDevice::cross_entropy(const CrossEntropyPass& pass) {
    const std::int64_t classes = pass.logits.cols;
    const double other = pass.smoothing / static_cast<double>(classes);
    double loss = 0, right = 0;
    for (std::int64_t i = 0; i < pass.logits.rows; ++i) {
        const float* z = pass.logits.f32() + i * classes;
        float* to = pass.gradient.f32() + i * classes;
        const float* const top = std::max_element(z, z + classes);
        right += top - z == pass.labels[i] ? 1 : 0;
        double sum = 0, expected = 0;
        for (std::int64_t k = 0; k < classes; ++k) sum += std::exp(double{z[k]} - *top);
        for (std::int64_t k = 0; k < classes; ++k) {
            const double q = other + (k == pass.labels[i] ? 1 - pass.smoothing : 0.0);
            expected += q * (double{z[k]} - *top);
            to[k] = static_cast<float>((std::exp(double{z[k]} - *top) / sum - q) / pass.divisor);
        }
        loss += std::log(sum) - expected;
    }
    pass.loss.f32()[0] = static_cast<float>(loss / pass.divisor);
    if (!pass.right.empty()) cell(pass.right) += right;
}

void CpuDevice::add_correction(Into V, View du_dt, View r, View t, Into total) {
    const std::int64_t cols = V.cols, moving = du_dt.rows;
    float* const to = V.f32() + (V.rows - moving) * cols;
    double squares = cell(total);
    for (std::int64_t i = 0; i < moving; ++i) {
        const float length = t.f32()[i] - r.f32()[i];
        for (std::int64_t j = i * cols; j < (i + 1) * cols; ++j) {
            const float correction = length * du_dt.f32()[j];
            to[j] += correction;
            squares += static_cast<double>(correction) * correction;
        }
    }
    cell(total) = squares;
}

void CpuDevice::add_total(Into total, View x) { cell(total) += x.f32()[0]; }

void CpuDevice::read_totals(double* to, View totals, std::int64_t count) {
    std::copy_n(static_cast<const double*>(totals.data), count, to);
}

}  // namespace mf

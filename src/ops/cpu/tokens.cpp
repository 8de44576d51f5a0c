// SPDX-License-Identifier: MIT
// Kernels of sequences whose tokens are put together, taken apart or averaged.
#include <algorithm>

#include "ops/cpu/cpu_device.hpp"

namespace mf {

void CpuDevice::put_tokens(Into y, TokenRange range, View w, View e) {
    const std::int64_t c = y.cols;
    for (std::int64_t s = 0; s < e.rows; ++s)
        for (std::int64_t i = 0; i < range.count; ++i) {
            float* to = y.f32() + (s * range.length + range.first + i) * c;
            const float* from = e.f32() + s * c;
            if (w.empty())
                std::copy_n(from, c, to);
            else
                for (std::int64_t j = 0; j < c; ++j) to[j] = w.f32()[i * c + j] + from[j];
        }
}

void CpuDevice::put_tokens_adjoint(Into dw, Into de, View dy, TokenRange range) {
    const std::int64_t c = dy.cols, samples = dy.rows / range.length;
    if (!de.empty()) std::fill_n(de.f32(), de.count(), 0.0F);
    for (std::int64_t s = 0; s < samples; ++s)
        for (std::int64_t i = 0; i < range.count; ++i) {
            const float* row = dy.f32() + (s * range.length + range.first + i) * c;
            for (std::int64_t j = 0; j < c; ++j) dw.f32()[i * c + j] += row[j];
            if (de.empty()) continue;
            float* sum = de.f32() + s * c;
            for (std::int64_t j = 0; j < c; ++j) sum[j] += row[j];
        }
}

void CpuDevice::mean_tokens(Into y, View x, std::int64_t tokens) {
    const std::int64_t c = x.cols;
    const float share = 1.0F / static_cast<float>(tokens);
    std::fill_n(y.f32(), y.count(), 0.0F);
    for (std::int64_t s = 0; s < y.rows; ++s) {
        float* to = y.f32() + s * c;
        const float* from = x.f32() + s * tokens * c;
        for (std::int64_t i = 0; i < tokens * c; i += c)
            for (std::int64_t j = 0; j < c; ++j) to[j] += from[i + j];
        for (std::int64_t j = 0; j < c; ++j) to[j] *= share;
    }
}

void CpuDevice::mean_tokens_adjoint(Into dx, View dy, std::int64_t tokens) {
    const std::int64_t c = dy.cols;
    const float share = 1.0F / static_cast<float>(tokens);
    for (std::int64_t row = 0; row < dx.rows; ++row)
        for (std::int64_t j = 0; j < c; ++j) dx.f32()[row * c + j] = share * dy.f32()[row / tokens * c + j];
}

void CpuDevice::embedding(Into y, View table, const std::int32_t* labels) { gather_rows(y, table, labels); }

void CpuDevice::embedding_adjoint(Into dtable, View dy, const std::int32_t* labels) {
    const std::int64_t c = dy.cols;
    for (std::int64_t i = 0; i < dy.rows; ++i)
        for (std::int64_t j = 0; j < c; ++j) dtable.f32()[labels[i] * c + j] += dy.f32()[i * c + j];
}

}  // namespace mf

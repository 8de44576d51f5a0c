// SPDX-License-Identifier: MIT
#include "ops/cpu/elementwise.hpp"

#include <algorithm>
#include <cstring>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf {
namespace {

using cpu::fill_row;
using cpu::get;
using cpu::in_type;

constexpr std::int64_t kGrain = 4096;  // numbers that one thread takes at least

/// y[i][j] = f(a[i][j], b[i][j]), or b[i][0] where b has one column.
template <class F>
void combine(Team& team, Into y, View a, View b, F f) {
    const std::int64_t cols = y.cols;
    const float *p = a.f32(), *q = b.f32();
    float* to = y.f32();
    if (b.cols == cols)
        return team.split(y.count(), kGrain, [=](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) to[i] = f(p[i], q[i]);
        });
    for (std::int64_t i = 0; i < y.rows; ++i)
        for (std::int64_t j = 0; j < cols; ++j) to[i * cols + j] = f(p[i * cols + j], q[i]);
}

void convert_floats(Team& team, Into y, View x) {
    in_type(y, [&](auto* to) {
        in_type(x, [&](const auto* from) {
            team.split(x.count(), kGrain, [&](std::int64_t begin, std::int64_t end) {
                fill_row(
                    to + begin, end - begin, [=](std::int64_t i) { return get(from + begin + i); },
                    [=](std::int64_t i) { return to_float(from[begin + i]); });
            });
        });
    });
}

}  // namespace

void CpuDevice::fill(Into y, float value) {
    if (y.type == DType::bf16)
        std::fill_n(y.bf16(), y.count(), to_bfloat16(value));
    else
        std::fill_n(y.f32(), y.count(), value);
}

void CpuDevice::convert(Into y, View x) {
    check(y.count() == x.count(), "[convert] {} numbers into {}", x.count(), y.count());
    if (x.type == DType::f16) {
        const auto* from = static_cast<const float16*>(x.data);
        in_type(y, [&](auto* to) {
            for (std::int64_t i = 0; i < x.count(); ++i) cpu::set(to[i], to_float(from[i]));
        });
    } else if (x.type == DType::f64) {
        const auto* from = static_cast<const double*>(x.data);
        std::transform(from, from + x.count(), y.f32(), [](double d) { return static_cast<float>(d); });
    } else if (x.type == y.type) {
        copy(y.data, x.data, static_cast<std::size_t>(x.count()) * size_of(x.type));
    } else {
        convert_floats(team_, y, x);
    }
}

void CpuDevice::copy_runs(Into y, Runs to, View x, Runs from, std::int64_t count, std::int64_t length) {
    const std::int64_t grain = std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(1, length));
    team_.split(count, grain, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            std::copy_n(x.f32() + from.first + i * from.stride, length, y.f32() + to.first + i * to.stride);
    });
}

void CpuDevice::gather_rows(Into y, View x, const std::int32_t* rows) {
    for (std::int64_t i = 0; i < y.rows; ++i)
        std::copy_n(x.f32() + rows[i] * x.cols, x.cols, y.f32() + i * y.cols);
}

void CpuDevice::add_to(Into sum, View x) {
    check(sum.count() == x.count(), "[add] a gradient of {} numbers to one of {}", x.count(), sum.count());
    in_type(sum, [&](auto* to) {
        in_type(x, [&](const auto* from) {
            fill_row(
                to, sum.count(), [=](std::int64_t i) { return get(to + i) + get(from + i); },
                [=](std::int64_t i) { return to_float(to[i]) + to_float(from[i]); });
        });
    });
}

void CpuDevice::add(Into y, View a, View b, float factor) {
    combine(team_, y, a, b, [factor](float p, float q) { return p + factor * q; });
}

void CpuDevice::multiply(Into y, View a, View b) {
    combine(team_, y, a, b, [](float p, float q) { return p * q; });
}

void CpuDevice::scale(Into y, View x, float factor) {
    const float* from = x.f32();
    float* to = y.f32();
    for (std::int64_t i = 0, n = x.count(); i < n; ++i) to[i] = factor * from[i];
}

void CpuDevice::scale_by(Into y, View x, View factor) {
    if (factor.f32()[0] != 1.0F) return scale(y, x, factor.f32()[0]);
    if (y.data != x.data) copy(y.data, x.data, static_cast<std::size_t>(x.count()) * sizeof(float));
}

void CpuDevice::add_repeated(Into x, View table) {
    float* to = x.f32();
    for (std::int64_t i = 0, n = table.count(); i < x.count(); ++i) to[i] += table.f32()[i % n];
}

void CpuDevice::row_sums(Into sums, View x) {
    const float* from = x.f32();
    float* to = sums.f32();
    std::fill_n(to, x.rows, 0.0F);
    for (std::int64_t i = 0; i < x.rows; ++i)
        for (std::int64_t j = 0; j < x.cols; ++j) to[i] += from[i * x.cols + j];
}

void CpuDevice::add_column_sums(Into sums, View x) {
    const std::int64_t cols = x.cols;
    float* to = sums.f32();
    in_type(x, [&](const auto* from) {
        for (std::int64_t i = 0; i < x.rows; ++i)
            for (std::int64_t j = 0; j < cols; ++j) to[j] += to_float(from[i * cols + j]);
    });
}

namespace cpu {

void convert(Team& team, Tensor& out, const Tensor& x) {
    check(out.count() == x.count(), "[convert] {} into {}", x.shape(), out.shape());
    convert_floats(team, out, x);
}

Tensor as_type(Team& team, Pool& pool, const Tensor& x, DType dtype) {
    if (x.empty() || x.dtype() == dtype) return x;
    Tensor out(x.shape(), dtype, &pool);
    convert(team, out, x);
    return out;
}

}  // namespace cpu
}  // namespace mf

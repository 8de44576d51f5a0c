// SPDX-License-Identifier: MIT
#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf {
namespace {

/// An axis by address.
struct Entries {
    std::int64_t in;
    const std::int32_t *first, *index;
    const float* weight;

    explicit Entries(const SparseRows& rows)
        : in(rows.in),
          first(static_cast<const std::int32_t*>(rows.first.data)),
          index(static_cast<const std::int32_t*>(rows.index.data)),
          weight(rows.weight.f32()) {}
};

/// One pixel's channels: the sum of w x over the entries of a row and a column.
void gather(float* to, const float* picture, const Entries& rows, const Entries& cols, std::int64_t i,
            std::int64_t j, std::int64_t c) {
    const auto sum = [&](std::int64_t channel, auto zero, auto read) {
        for (std::int32_t k = rows.first[i]; k < rows.first[i + 1]; ++k) {
            const float* row = picture + rows.index[k] * cols.in * c + channel;
            for (std::int32_t l = cols.first[j]; l < cols.first[j + 1]; ++l)
                zero += rows.weight[k] * cols.weight[l] * read(row + cols.index[l] * c);
        }
        return zero;
    };
    std::int64_t channel = 0;
    for (; channel + kVectorFloats <= c; channel += kVectorFloats)
        store(to + channel, sum(channel, FloatVector{}, [](const float* at) { return load(at); }));
    for (; channel < c; ++channel) to[channel] = sum(channel, 0.0F, [](const float* at) { return *at; });
}

}  // namespace

void CpuDevice::separable(Into y, View x, const SparseRows& row_axis, const SparseRows& col_axis) {
    const Entries rows(row_axis), cols(col_axis);
    const std::int64_t height = row_axis.out, width = col_axis.out, c = x.cols,
                       pictures = y.count() / (height * width * c);
    const float* const from = x.f32();
    float* const to = y.f32();
    team_.split(pictures * height, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const float* picture = from + row / height * rows.in * cols.in * c;
            for (std::int64_t j = 0; j < width; ++j)
                gather(to + (row * width + j) * c, picture, rows, cols, row % height, j, c);
        }
    });
}

}  // namespace mf

// SPDX-License-Identifier: MIT
// Positions, tokens, labels and times of sequences; patches and neighbours of pictures.
#include <numbers>
#include <vector>

#include "ops/gpu/kernel_call.hpp"

namespace mf {

void GpuDevice::rope(Into y, View x, View cos, View sin, float sign) {
    const std::int64_t pairs = x.count() / 2;
    run(gpu::by_number("rope", "rope", pairs), gpu::Either{y}, gpu::Floats(x), gpu::Floats(cos),
        gpu::Floats(sin), sign, cos.rows, cos.cols, x.cols, pairs);
}

void GpuDevice::put_tokens(Into y, TokenRange range, View w, View e) {
    const std::int64_t count = e.rows * range.count * e.cols;
    run(gpu::by_number("tokens", "put_tokens", count), gpu::Floats(y), gpu::Floats(w), gpu::Floats(e),
        range.first, range.count, range.length, e.cols, count);
}

void GpuDevice::put_tokens_adjoint(Into dw, Into de, View dy, TokenRange range) {
    const std::int64_t samples = dy.rows / range.length;
    run(gpu::by_number("tokens", "add_over_samples", range.count * dy.cols), gpu::Floats(dw), gpu::Floats(dy),
        range.first, range.count, range.length, samples, dy.cols);
    if (de.empty()) return;
    run(gpu::by_column("tokens", "sum_over_tokens", dy.cols, samples), gpu::Floats(de), gpu::Floats(dy), 1.0F,
        range.first, range.count, range.length, dy.cols);
}

void GpuDevice::mean_tokens(Into y, View x, std::int64_t tokens) {
    run(gpu::by_column("tokens", "sum_over_tokens", x.cols, y.rows), gpu::Floats(y), gpu::Floats(x),
        1.0F / static_cast<float>(tokens), std::int64_t{0}, tokens, tokens, x.cols);
}

void GpuDevice::mean_tokens_adjoint(Into dx, View dy, std::int64_t tokens) {
    run(gpu::by_number("tokens", "spread_over_tokens", dx.count()), gpu::Floats(dx), gpu::Floats(dy),
        1.0F / static_cast<float>(tokens), tokens, dx.cols, dx.count());
}

void GpuDevice::embedding(Into y, View table, const std::int32_t* labels) { gather_rows(y, table, labels); }

void GpuDevice::embedding_adjoint(Into dtable, View dy, const std::int32_t* labels) {
    if (dy.count() == 0) return;
    run(gpu::by_column("tokens", "embedding_adjoint", dy.cols, dy.rows), gpu::Floats(dtable), gpu::Floats(dy),
        gpu::Ints(rows_of_host(labels, dy.rows)), dy.rows, dy.cols);
}

/// Turns for each unit of s: period^(-k / pairs) / 2π, on the device from when they are first asked for.
const void* GpuDevice::frequencies(std::int64_t pairs, double period) {
    Room& room = frequencies_[{pairs, period}];
    if (room.memory != nullptr) return room.memory;
    std::vector<gpu::Pair> table(static_cast<std::size_t>(pairs));
    for (std::size_t k = 0; k < table.size(); ++k) {
        const double part = static_cast<double>(k) / static_cast<double>(pairs);
        table[k] = gpu::Pair::of(std::pow(period, -part) / (2 * std::numbers::pi));
    }
    void* const memory = grown(room, table.size() * sizeof(gpu::Pair));
    upload(memory, table.data(), table.size() * sizeof(gpu::Pair));
    return memory;
}

void GpuDevice::sinusoid(Into y, Into y_dot, View s, View s_dot, double period) {
    const std::int64_t pairs = y.cols / 2, count = y.rows * pairs;
    run(gpu::by_number("sinusoid", "sinusoid", count), gpu::Floats(y), gpu::Floats(y_dot), gpu::Floats(s),
        gpu::Floats(s_dot), gpu::Pairs{frequencies(pairs, period)}, y.rows - y_dot.rows, pairs, count);
}

void GpuDevice::sinusoid_adjoint(Into ds, View dy, View y, double period) {
    run(gpu::by_number("sinusoid", "sinusoid_adjoint", y.rows), gpu::Floats(ds), gpu::Floats(dy),
        gpu::Floats(y), gpu::Pairs{frequencies(y.cols / 2, period)}, y.cols / 2, y.rows);
}

void GpuDevice::patches(Into y, View x, const PatchGrid& grid, PatchEntries entries, bool back) {
    run(gpu::by_number("patches", "patches", y.count()), gpu::Ints(y), gpu::Ints(x), grid.height, grid.width,
        grid.channels, grid.patch, entries == PatchEntries::channel_first ? 1 : 0, back ? 1 : 0, y.count());
}

void GpuDevice::neighbours(Into y, View x, const PlaceGrid& grid) {
    run(gpu::by_number("neighbours", "neighbours", y.count()), gpu::Either{y}, gpu::Either{x}, grid.height,
        grid.width, grid.channels, y.count());
}

void GpuDevice::neighbours_adjoint(Into dx, View dy, const PlaceGrid& grid) {
    run(gpu::by_number("neighbours", "neighbours_adjoint", dx.count()), gpu::Floats(dx), gpu::Floats(dy),
        grid.height, grid.width, grid.channels, dx.count());
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include <vector>

#include "ops/gpu/kernel_call.hpp"

namespace mf {
namespace {

gpu::Pairs cell(Into total) { return {total.data}; }

}  // namespace

/// Two numbers for each row, for finish_losses.
const void* GpuDevice::loss_parts(std::int64_t rows) {
    return scratch(static_cast<std::size_t>(std::max<std::int64_t>(1, rows)) * 2 * sizeof(gpu::Pair));
}

void GpuDevice::finish_losses(Into loss, Into total, const void* parts, double divisor, std::int64_t rows) {
    run(gpu::by_row("losses", "finish_losses", 1), gpu::Floats(loss), cell(total), gpu::Pairs{parts},
        static_cast<float>(divisor), rows);
}

void GpuDevice::square_loss(const SquareLossPass& pass) {
    const gpu::Pairs parts{loss_parts(pass.p.rows)};
    run(gpu::by_row("losses", "square_loss", pass.p.rows), gpu::Floats(pass.gradient), parts,
        gpu::Floats(pass.p), gpu::Floats(pass.y), static_cast<float>(pass.power),
        static_cast<float>(pass.constant), static_cast<float>(pass.divisor), pass.p.rows, pass.p.cols);
    finish_losses(pass.loss, pass.total, parts.at, pass.divisor, pass.p.rows);
}

void GpuDevice::cross_entropy(const CrossEntropyPass& pass) {
    const gpu::Pairs parts{loss_parts(pass.logits.rows)};
    const gpu::Ints labels(rows_of_host(pass.labels, pass.logits.rows));
    run(gpu::by_row("losses", "cross_entropy", pass.logits.rows), gpu::Floats(pass.gradient), parts,
        gpu::Floats(pass.logits), labels, static_cast<float>(pass.smoothing),
        static_cast<float>(pass.divisor), pass.logits.rows, pass.logits.cols);
    finish_losses(pass.loss, pass.right, parts.at, pass.divisor, pass.logits.rows);
}

void GpuDevice::add_correction(Into V, View du_dt, View r, View t, Into total) {
    const gpu::Pairs parts{loss_parts(du_dt.rows)};
    run(gpu::by_row("losses", "add_correction", du_dt.rows), gpu::Floats(V), parts, gpu::Floats(du_dt),
        gpu::Floats(r), gpu::Floats(t), V.rows - du_dt.rows, du_dt.rows, V.cols);
    finish_losses({}, total, parts.at, 1.0, du_dt.rows);
}

void GpuDevice::add_total(Into total, View x) {
    run(gpu::by_number("losses", "add_total", 1), cell(total), gpu::Floats(x));
}

void GpuDevice::read_totals(double* to, View totals, std::int64_t count) {
    std::vector<gpu::Pair> pairs(static_cast<std::size_t>(count));
    download(pairs.data(), totals.data, pairs.size() * sizeof(gpu::Pair));
    std::ranges::transform(pairs, to, &gpu::Pair::value);
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "core/error.hpp"
#include "ops/gpu/kernel_call.hpp"

namespace mf {
namespace {

constexpr std::string_view kText = "elementwise";

/// Columns of a for each column of b.
std::int64_t share(View a, View b) { return b.cols == a.cols ? 1 : a.cols; }

}  // namespace

void GpuDevice::fill(Into y, float value) {
    run(gpu::by_number(kText, "fill", y.count()), gpu::Either{y}, value, y.count());
}

void GpuDevice::convert(Into y, View x) {
    const KernelCall call = gpu::by_number(kText, "convert", x.count());
    const auto with = [&](const char* kernel) {
        KernelCall out = call;
        out.kernel = kernel;
        return out;
    };
    switch (x.type) {
        case DType::f32:
        case DType::bf16:
            return run(call, gpu::Either{y}, gpu::Either{x}, x.count());
        case DType::f16:
            return run(with("convert_f16"), gpu::Either{y}, gpu::Shorts{x.data}, x.count());
        case DType::f64:
            return run(with("convert_f64"), gpu::Either{y}, gpu::Ints(x.data), x.count());
        default:
            throw Error(fmt::format("[convert] {} to {}", name_of(x.type), name_of(y.type)));
    }
}

void GpuDevice::copy_runs(Into y, Runs y_runs, View x, Runs x_runs, std::int64_t count, std::int64_t length) {
    run(gpu::by_number(kText, "copy_runs", count * length), gpu::Ints(y), y_runs.first, y_runs.stride,
        gpu::Ints(x), x_runs.first, x_runs.stride, count, length);
}

void GpuDevice::gather_rows(Into y, View x, const std::int32_t* rows) {
    if (y.count() == 0) return;
    run(gpu::by_number(kText, "gather_rows", y.count()), gpu::Ints(y), gpu::Ints(x),
        gpu::Ints(rows_of_host(rows, y.rows)), y.count(), y.cols);
}

void GpuDevice::add_to(Into sum, View x) {
    run(gpu::by_number(kText, "add_to", x.count()), gpu::Either{sum}, gpu::Either{x}, x.count());
}

void GpuDevice::add(Into y, View a, View b, float factor) {
    run(gpu::by_number(kText, "add", y.count()), gpu::Floats(y), gpu::Floats(a), gpu::Floats(b), factor,
        share(a, b), y.count());
}

void GpuDevice::multiply(Into y, View a, View b) {
    run(gpu::by_number(kText, "multiply", y.count()), gpu::Floats(y), gpu::Floats(a), gpu::Floats(b),
        share(a, b), y.count());
}

void GpuDevice::scale(Into y, View x, float factor) {
    run(gpu::by_number(kText, "scale", y.count()), gpu::Floats(y), gpu::Floats(x), factor, y.count());
}

void GpuDevice::scale_by(Into y, View x, View factor) {
    run(gpu::by_number(kText, "scale_by", y.count()), gpu::Floats(y), gpu::Floats(x), gpu::Floats(factor),
        y.count());
}

void GpuDevice::add_repeated(Into x, View table) {
    run(gpu::by_number(kText, "add_repeated", x.count()), gpu::Floats(x), gpu::Floats(table), table.count(),
        x.count());
}

void GpuDevice::row_sums(Into sums, View x) {
    run(gpu::by_row(kText, "row_sums", x.rows), gpu::Floats(sums), gpu::Floats(x), x.rows, x.cols);
}

void GpuDevice::add_column_sums(Into sums, View x) { add_sums_of_rows(sums, x, {}); }

void GpuDevice::add_sums_of_rows(Into sums, View x, View z) {
    if (x.count() == 0) return;
    const gpu::RowBlocks blocks{x.rows};
    const gpu::Floats parts(scratch(static_cast<std::size_t>(blocks.count() * x.cols) * sizeof(float)));
    run(gpu::by_column(kText, "column_parts", x.cols, blocks.count()), parts, gpu::Either{x}, gpu::Floats(z),
        x.rows, x.cols, blocks.size());
    run(gpu::by_number(kText, "add_parts", x.cols), gpu::Floats(sums), parts, blocks.count(), x.cols);
}

}  // namespace mf

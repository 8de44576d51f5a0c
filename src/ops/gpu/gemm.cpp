// SPDX-License-Identifier: MIT
// Products by the library of the machine where it has one for them, by gemm.cl otherwise.
#include <utility>

#include "core/error.hpp"
#include "ops/gpu/kernel_call.hpp"

namespace mf {
namespace {

/// From this many rows on a copy in bf16 is worth its making; narrower matrices are read as they are.
constexpr std::int64_t kNarrow = 8;

/// A weight in another type than its values have, in memory of the device.
struct GpuWeight final : PreparedWeight {
    GpuDriver& driver;
    std::size_t bytes = 0;
    void* memory = nullptr;  ///< null: products read the values

    explicit GpuWeight(GpuDriver& of) : driver(of) {}
    GpuWeight(const GpuWeight&) = delete;
    GpuWeight& operator=(const GpuWeight&) = delete;
    ~GpuWeight() override { driver.release(memory); }

    void take(std::size_t wanted) {
        if (wanted == bytes) return;
        driver.release(std::exchange(memory, nullptr));
        bytes = 0;
        if (wanted > 0) memory = driver.allocate(wanted);
        bytes = wanted;
    }
};

/// What a product reads: (n, k).
View matrix_of(const Weight& w) {
    const auto* own = static_cast<const GpuWeight*>(w.prepared);
    if (own == nullptr || own->memory == nullptr) return w.value;
    return {own->memory, w.value.rows, w.value.cols, own->factors};
}

}  // namespace

bool GpuDevice::prepares(std::int64_t n) const { return n > kNarrow; }

void GpuDevice::prepare(std::span<const WeightToPrepare> weights) {
    for (const WeightToPrepare& weight : weights) {
        if (weight.form == WeightToPrepare::Form::kernel) lacks("convolve");
        if (weight.form == WeightToPrepare::Form::bytes) lacks("linear_of_bytes");
        if (*weight.kept == nullptr) *weight.kept = std::make_shared<GpuWeight>(*driver_);
        auto& own = static_cast<GpuWeight&>(**weight.kept);
        own.factors = weight.factors;
        if (weight.value.type == weight.factors) {
            own.take(0);
            continue;
        }
        const std::size_t bytes = static_cast<std::size_t>(weight.value.count()) * size_of(weight.factors);
        own.take(bytes);
        convert(Into{own.memory, weight.value.rows, weight.value.cols, weight.factors}, weight.value);
    }
}

void GpuDevice::product(const MatrixProduct& p) {
    if (p.m == 0 || p.n == 0) return;
    if (p.k > 0 && driver_->multiply(p)) return;
    constexpr std::int64_t tile = 64;
    const std::int64_t across = (p.n + tile - 1) / tile, down = (p.m + tile - 1) / tile;
    // A gradient is a few tiles of long sums: groups share k, so that more of the GPU has work. Of the shape alone: so
    // are the bits. Rows of other products must not depend on how many they are.
    const std::int64_t pieces = std::clamp<std::int64_t>(std::min(p.k / 256, 64 / (across * down)), 1, 32);
    const std::int64_t piece = (((p.k + pieces - 1) / pieces) + 15) / 16 * 16;
    const bool shared = pieces > 1 && p.a.turned && p.add;
    const std::int64_t number = shared ? (p.k + piece - 1) / piece : 1, count = p.m * p.n;
    const gpu::Floats target(shared ? scratch(static_cast<std::size_t>(number * count) * sizeof(float))
                                    : p.c);
    const auto strides = [](const Factor& x, bool left) {
        // Of a left factor rows count by `stride` and k by 1 unless it is turned; of a right factor it is the reverse.
        const bool k_by_one = left != x.turned;
        return std::pair<std::int64_t, std::int64_t>(k_by_one ? x.stride : 1, k_by_one ? 1 : x.stride);
    };
    const auto [a_row, a_k] = strides(p.a, true);
    const auto [b_col, b_k] = strides(p.b, false);
    const auto view = [](const Factor& x, std::int64_t numbers) {
        return gpu::Either{View{x.data, 1, numbers, x.type}};
    };
    const double flops = 2.0 * static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
    run({"gemm", "matrix_product", {across, down, number}, {16, 16, 1}, 0, flops}, target,
        view(p.a, p.m * p.k), a_row, a_k, view(p.b, p.k * p.n), b_col, b_k, gpu::Floats(p.bias),
        p.add && !shared ? 1 : 0, p.m, p.n, p.k, shared ? piece : p.k);
    if (!shared) return;
    run(gpu::by_number("elementwise", "add_parts", count), gpu::Floats(p.c), target, number, count);
}

void GpuDevice::linear(const LinearRows& value, const LinearRows& tangent, const Weight& w) {
    const View matrix = matrix_of(w);
    for (const LinearRows* rows : {&value, &tangent})
        if (!rows->x.empty())
            product({rows->x.rows,
                     matrix.rows,
                     matrix.cols,
                     {rows->x.data, rows->x.type, matrix.cols, false},
                     {matrix.data, matrix.type, matrix.cols, true},
                     rows->y.data,
                     false,
                     rows->bias.empty() ? nullptr : rows->bias.data});
}

void GpuDevice::linear_adjoint(Into dx, View dy, const Weight& w, bool add, Pool&) {
    const View matrix = matrix_of(w);
    product({dy.rows,
             matrix.cols,
             matrix.rows,
             {dy.data, dy.type, matrix.rows, false},
             {matrix.data, matrix.type, matrix.cols, false},
             dx.data,
             add});
}

void GpuDevice::weight_gradient(Into dw, View dy, View x, Pool&) {
    product({dy.cols,
             x.cols,
             x.rows,
             {dy.data, dy.type, dy.cols, true},
             {x.data, x.type, x.cols, false},
             dw.data,
             true});
}

void GpuDevice::linear_of_bytes(Into, View, View, const Weight&, Pool&) { lacks("linear_of_bytes"); }

}  // namespace mf

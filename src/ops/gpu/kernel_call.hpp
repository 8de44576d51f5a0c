// SPDX-License-Identifier: MIT
// How the files of this room say which kernel runs on what: the words of common.cl from the side of the host.
#pragma once

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "ops/gpu/gpu_device.hpp"

namespace mf {
namespace gpu {

/// A number as a device has it that knows no double precision (common.cl).
struct Pair {
    float hi, lo;

    static Pair of(double x) {
        const auto hi = static_cast<float>(x);
        return {hi, std::isfinite(hi) ? static_cast<float>(x - static_cast<double>(hi)) : 0.0F};
    }
    double value() const { return static_cast<double>(hi) + static_cast<double>(lo); }
};

inline std::size_t extent_of(const View& x) { return static_cast<std::size_t>(x.count()) * size_of(x.type); }

/// Of parameters FLOATS and INTS.
struct Floats {
    const void* at;
    std::size_t extent = 0;
    Floats(const View& x) : at(x.data), extent(extent_of(x)) {}  // NOLINT: operands turn into parameters
    Floats(const Into& x) : at(x.data), extent(extent_of(x)) {}  // NOLINT
    explicit Floats(const void* memory) : at(memory) {}
};
/// Of parameters PAIRS.
struct Pairs {
    const void* at;
};
struct Shorts {
    const void* at;
};
using Ints = Floats;
/// Of parameters EITHER.
struct Either {
    View x;
};

class ArgumentList {
  public:
    void add(const Floats& x) { push(KernelArgument::of_memory(x.at, 4, x.extent)); }
    void add(const Pairs& x) { push(KernelArgument::of_memory(x.at, 8)); }
    void add(const Shorts& x) { push(KernelArgument::of_memory(x.at, 2)); }
    void add(const Either& either) {
        const bool is16 = either.x.type == DType::bf16;
        push(KernelArgument::of_memory(either.x.data, is16 ? 2 : 4, extent_of(either.x)));
        push(KernelArgument::of_number<std::int32_t>(is16 ? 1 : 0));
    }
    template <class Number>
    requires std::is_arithmetic_v<Number>
    void add(Number value) {
        static_assert(std::is_same_v<Number, std::int64_t> || std::is_same_v<Number, std::int32_t> ||
                          std::is_same_v<Number, float>,
                      "parameters are long, int or float");
        push(KernelArgument::of_number(value));
    }
    std::span<const KernelArgument> all() const { return {list_.data(), count_}; }

  private:
    void push(const KernelArgument& argument) { list_.at(count_++) = argument; }

    std::array<KernelArgument, 40> list_{};
    std::size_t count_ = 0;
};

/// An item for each number.
inline KernelCall by_number(std::string_view text, const char* kernel, std::int64_t count) {
    return {text, kernel, {(count + 255) / 256, 1, 1}, {256, 1, 1}};
}
/// 32 items for each row.
inline KernelCall by_row(std::string_view text, const char* kernel, std::int64_t rows, int chunks = 0) {
    return {text, kernel, {(rows + 3) / 4, 1, 1}, {32, 4, 1}, chunks};
}
/// An item for each column and block of rows.
struct RowBlocks {
    std::int64_t rows;
    /// Of a block: enough blocks to keep a GPU busy, few enough to be added cheaply. Of the shape alone: so are the bits.
    std::int64_t size() const { return std::max<std::int64_t>(32, (rows + 255) / 256); }
    std::int64_t count() const { return (rows + size() - 1) / size(); }
};
inline KernelCall by_column(std::string_view text, const char* kernel, std::int64_t cols,
                            std::int64_t blocks) {
    return {text, kernel, {(cols + 63) / 64, blocks, 1}, {64, 1, 1}};
}

}  // namespace gpu

/// Nothing is launched where there is nothing to do.
template <class... Operands>
void GpuDevice::run(const KernelCall& call, const Operands&... operands) {
    if (call.groups[0] == 0 || call.groups[1] == 0 || call.groups[2] == 0) return;
    gpu::ArgumentList list;
    (list.add(operands), ...);
    driver_->launch(call, list.all());
}

}  // namespace mf

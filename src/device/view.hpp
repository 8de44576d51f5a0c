// SPDX-License-Identifier: MIT
// What a kernel is given of its operands: numbers in the memory of its device, as a matrix. A tensor becomes one by itself.
#pragma once

#include <cstdint>
#include <span>

#include "core/dtype.hpp"

namespace mf {

/// Numbers that a kernel reads.
struct View {
    const void* data = nullptr;  ///< null: absent
    std::int64_t rows = 0, cols = 0;
    DType type = DType::f32;

    bool empty() const { return data == nullptr; }
    std::int64_t count() const { return rows * cols; }
    /// For kernels that run where the memory can be seen; the caller has checked the type.
    const float* f32() const { return static_cast<const float*>(data); }
    const bfloat16* bf16() const { return static_cast<const bfloat16*>(data); }
};

/// Numbers that a kernel writes.
struct Into {
    void* data = nullptr;  ///< null: not wanted
    std::int64_t rows = 0, cols = 0;
    DType type = DType::f32;

    bool empty() const { return data == nullptr; }
    std::int64_t count() const { return rows * cols; }
    float* f32() const { return static_cast<float*>(data); }
    bfloat16* bf16() const { return static_cast<bfloat16*>(data); }
    operator View() const { return {data, rows, cols, type}; }  // NOLINT: what is written can be read
};

/// Numbers of the host, for kernels of a device that sees its memory.
inline View view_of(std::span<const float> x) {
    return {x.data(), 1, static_cast<std::int64_t>(x.size()), DType::f32};
}
inline Into into(std::span<float> x) {
    return {x.data(), 1, static_cast<std::int64_t>(x.size()), DType::f32};
}

}  // namespace mf

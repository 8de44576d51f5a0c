// SPDX-License-Identifier: MIT
// What a GPU is to the kernels of this room: memory, and texts that it compiles and runs. Memory has addresses that count
// up within a block and that the host must not touch.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "device/view.hpp"

namespace mf {

/// One argument of a kernel: memory becomes a pointer and a first element behind it, all else is handed over as it is.
struct KernelArgument {
    bool is_memory = false;
    const void* memory = nullptr;  ///< on the device; null: absent
    std::size_t bytes = 0;         ///< of a number, or of an element of the memory
    std::array<std::byte, 8> number{};
    std::size_t extent =
        0;  ///< bytes of the matrix that begins there; 0: not known. For those who count them.

    static KernelArgument of_memory(const void* at, std::size_t element, std::size_t extent = 0) {
        return {true, at, element, {}, extent};
    }
    template <class Number>
    static KernelArgument of_number(Number value) {
        KernelArgument out{false, nullptr, sizeof value, {}, 0};
        static_assert(sizeof value <= 8);
        std::memcpy(out.number.data(), &value, sizeof value);
        return out;
    }
};

/// Which kernel runs, and on how many items.
struct KernelCall {
    std::string_view text;  ///< name of its text (ops/gpu/kernel_texts.hpp)
    const char* kernel;     ///< its name in the text
    std::array<std::int64_t, 3> groups{1, 1, 1};
    std::array<std::int32_t, 3> items{1, 1, 1};  ///< of a group
    int chunks = 0;            ///< what CHUNKS is defined as while the text is compiled; 0: it is not
    double product_flops = 0;  ///< operations of matrix products in it, for those who count them
};

/// A matrix in memory: element (i, j) stands at i * stride + j or, turned, at j * stride + i.
struct Factor {
    const void* data;
    DType type;
    std::int64_t stride;
    bool turned;
};

/// c (m, n) = a (m, k) b (k, n), or added to c, and a bias to every row.
struct MatrixProduct {
    std::int64_t m, n, k;
    Factor a, b;
    void* c;  ///< f32, rows of n numbers
    bool add;
    const void* bias = nullptr;  ///< f32 (n), or absent
};

class GpuDriver {
  public:
    virtual ~GpuDriver() = default;

    /// "opencl:0".
    virtual std::string name() const = 0;
    virtual void* allocate(std::size_t bytes) = 0;
    virtual void release(void* memory) = 0;
    virtual void upload(void* to, const void* from, std::size_t bytes) = 0;
    virtual void download(void* to, const void* from, std::size_t bytes) = 0;
    virtual void copy(void* to, const void* from, std::size_t bytes) = 0;
    virtual void zero(void* memory, std::size_t bytes) = 0;
    virtual void synchronise() = 0;
    /// Calls run one after the other.
    virtual void launch(const KernelCall& call, std::span<const KernelArgument> arguments) = 0;
    /// A product by a library of the machine; false: there is none for this, and nothing was done.
    virtual bool multiply(const MatrixProduct& product) = 0;
};

}  // namespace mf

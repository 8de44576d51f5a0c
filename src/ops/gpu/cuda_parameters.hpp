// SPDX-License-Identifier: MIT
// The parameters of a kernel in CUDA, of its arguments: memory is an address and, as addresses count, the element 0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/error.hpp"
#include "ops/gpu/gpu_driver.hpp"

namespace mf::cuda {

class Parameters {
  public:
    explicit Parameters(std::span<const KernelArgument> arguments) {
        for (const KernelArgument& argument : arguments) {
            if (argument.is_memory) {
                const void* const none = nullptr;
                const std::uint64_t first = 0;
                add(argument.memory != nullptr ? &argument.memory : &none, sizeof(void*));
                add(&first, sizeof first);
            } else {
                add(argument.number.data(), argument.bytes);
            }
        }
    }
    Parameters(const Parameters&) = delete;
    Parameters& operator=(const Parameters&) = delete;

    /// Where each of them stands.
    void** places() { return places_.data(); }
    std::span<const std::size_t> sizes() const { return {sizes_.data(), count_}; }

  private:
    void add(const void* value, std::size_t bytes) {
        check(count_ < kMost, "[cuda] a kernel has more than {} parameters", kMost);
        std::memcpy(values_[count_].data(), value, bytes);
        places_[count_] = values_[count_].data();
        sizes_[count_++] = bytes;
    }

    static constexpr std::size_t kMost = 80;
    struct alignas(8) Value {
        std::array<std::byte, 8> bytes;
        std::byte* data() { return bytes.data(); }
    };
    std::array<Value, kMost> values_;
    std::array<void*, kMost> places_;
    std::array<std::size_t, kMost> sizes_;
    std::size_t count_ = 0;
};

}  // namespace mf::cuda

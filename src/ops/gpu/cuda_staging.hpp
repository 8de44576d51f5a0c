// SPDX-License-Identifier: MIT
// Pinned memory for small uploads, so that they need not be waited for.
#pragma once

#include <array>
#include <cstddef>

#include "ops/gpu/cuda_context.hpp"

namespace mf::cuda {

/// Two halves in turns: one is filled while the stream reads the other.
class Staging {
  public:
    static constexpr std::size_t kHalf = std::size_t{2} << 20;
    static constexpr std::size_t kMost = std::size_t{1} << 20;  ///< what it takes at once

    /// Error when there is no such memory.
    explicit Staging(const Context& context);
    ~Staging();
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;

    /// A copy of these bytes, at most kMost, which stays until the stream has done what it is asked for before the next
    /// call. The context is current.
    const void* copy_of(const void* from, std::size_t bytes);
    /// The stream has read everything.
    void forget();

  private:
    struct Half {
        Event read = nullptr;  ///< behind the last upload from it
        bool waits = false;    ///< the event is on its way
    };

    void release();

    const Context& context_;
    void* memory_ = nullptr;
    std::array<Half, 2> halves_{};
    std::size_t now_ = 0;   ///< the half that is filled
    std::size_t used_ = 0;  ///< bytes of it
};

}  // namespace mf::cuda

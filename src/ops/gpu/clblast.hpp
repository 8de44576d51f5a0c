// SPDX-License-Identifier: MIT
// Matrix products by CLBlast, opened at run time.
#pragma once

#include <memory>

#include "ops/gpu/opencl_api.hpp"

namespace mf::opencl {

/// A factor as CLBlast takes it: rows of `stride` numbers from element `first` on, read turned or not.
struct BlastFactor {
    bool turned;
    Memory memory;
    std::size_t first, stride;
};

class ClBlast {
  public:
    /// Null when the library is not there.
    static std::unique_ptr<ClBlast> open();

    /// c (m, n) = a b + keep c. Returns CLBlast's code, which is OpenCL's or one of its own.
    Code multiply(Queue queue, std::size_t m, std::size_t n, std::size_t k, const BlastFactor& a,
                  const BlastFactor& b, Memory c, std::size_t c_first, float keep) const;

  private:
    ClBlast() = default;
    Code (*sgemm_)(int layout, int turn_a, int turn_b, std::size_t m, std::size_t n, std::size_t k,
                   float alpha, Memory a, std::size_t a_first, std::size_t a_stride, Memory b,
                   std::size_t b_first, std::size_t b_stride, float beta, Memory c, std::size_t c_first,
                   std::size_t c_stride, Queue* queue, Event* event) = nullptr;
};

}  // namespace mf::opencl

// SPDX-License-Identifier: MIT
#include "ops/gpu/clblast.hpp"

#include "ops/gpu/shared_library.hpp"

namespace mf::opencl {
namespace {

// Of clblast_c.h.
constexpr int kRowMajor = 101, kStraight = 111, kTurned = 112;

}  // namespace

std::unique_ptr<ClBlast> ClBlast::open() {
    const SharedLibrary library("libclblast.so.1");
    if (!library.is_open()) return nullptr;
    std::unique_ptr<ClBlast> out(new ClBlast);
    library.find(out->sgemm_, "CLBlastSgemm");
    return out;
}

Code ClBlast::multiply(Queue queue, std::size_t m, std::size_t n, std::size_t k, const BlastFactor& a,
                       const BlastFactor& b, Memory c, std::size_t c_first, float keep) const {
    return sgemm_(kRowMajor, a.turned ? kTurned : kStraight, b.turned ? kTurned : kStraight, m, n, k, 1.0F,
                  a.memory, a.first, a.stride, b.memory, b.first, b.stride, keep, c, c_first, n, &queue,
                  nullptr);
}

}  // namespace mf::opencl

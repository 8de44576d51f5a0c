// SPDX-License-Identifier: MIT
#include "ops/cpu/elementwise.hpp"

#include <type_traits>

namespace mf::cpu {
namespace {

inline void store(float& to, float value) { to = value; }
inline void store(bfloat16& to, float value) { to = to_bfloat16(value); }

/// Calls `work` with typed pointers to both tensors.
template <class Work>
void typed(const Tensor& a, Work&& work) {
    if (a.dtype() == DType::bf16)
        work(a.bf16());
    else
        work(a.f32());
}

}  // namespace

void add_in_place(Tensor& sum, const Tensor& g) {
    check(sum.count() == g.count(), "[add] {} += {}", sum.shape(), g.shape());
    typed(sum, [&](const auto* s) {
        auto* to = const_cast<std::remove_const_t<std::remove_pointer_t<decltype(s)>>*>(s);
        typed(g, [&](const auto* from) {
            for (std::int64_t i = 0; i < sum.count(); ++i) store(to[i], to_float(to[i]) + to_float(from[i]));
        });
    });
}

void convert(Team& team, Tensor& out, const Tensor& x) {
    check(out.count() == x.count(), "[convert] {} into {}", x.shape(), out.shape());
    typed(out, [&](const auto* o) {
        auto* to = const_cast<std::remove_const_t<std::remove_pointer_t<decltype(o)>>*>(o);
        typed(x, [&](const auto* from) {
            team.split(x.count(), 4096, [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t i = begin; i < end; ++i) store(to[i], to_float(from[i]));
            });
        });
    });
}

void add_column_sums(float* sums, const Tensor& g) {
    const std::int64_t cols = g.cols();
    typed(g, [&](const auto* from) {
        for (std::int64_t i = 0; i < g.rows(); ++i)
            for (std::int64_t j = 0; j < cols; ++j) sums[j] += to_float(from[i * cols + j]);
    });
}

}  // namespace mf::cpu

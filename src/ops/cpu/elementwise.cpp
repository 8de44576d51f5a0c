// SPDX-License-Identifier: MIT
#include "ops/cpu/elementwise.hpp"

#include <type_traits>

#include "ops/cpu/row_math.hpp"

namespace mf::cpu {
namespace {

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
            fill_row(
                to, sum.count(), [=](std::int64_t i) { return get(to + i) + get(from + i); },
                [=](std::int64_t i) { return to_float(to[i]) + to_float(from[i]); });
        });
    });
}

void convert(Team& team, Tensor& out, const Tensor& x) {
    check(out.count() == x.count(), "[convert] {} into {}", x.shape(), out.shape());
    typed(out, [&](const auto* o) {
        auto* to = const_cast<std::remove_const_t<std::remove_pointer_t<decltype(o)>>*>(o);
        typed(x, [&](const auto* from) {
            team.split(x.count(), 4096, [&](std::int64_t begin, std::int64_t end) {
                fill_row(
                    to + begin, end - begin, [=](std::int64_t i) { return get(from + begin + i); },
                    [=](std::int64_t i) { return to_float(from[begin + i]); });
            });
        });
    });
}

Tensor as_type(Team& team, Pool& pool, const Tensor& x, DType dtype) {
    if (x.empty() || x.dtype() == dtype) return x;
    Tensor out(x.shape(), dtype, &pool);
    convert(team, out, x);
    return out;
}

void add_column_sums(float* sums, const Tensor& g) {
    const std::int64_t cols = g.cols();
    typed(g, [&](const auto* from) {
        for (std::int64_t i = 0; i < g.rows(); ++i)
            for (std::int64_t j = 0; j < cols; ++j) sums[j] += to_float(from[i * cols + j]);
    });
}

}  // namespace mf::cpu

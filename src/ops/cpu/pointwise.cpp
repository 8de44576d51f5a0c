// SPDX-License-Identifier: MIT
#include "ops/cpu/pointwise.hpp"

#include <algorithm>

#include "ops/pointwise/gelu.hpp"
#include "ops/pointwise/gelu_tanh.hpp"
#include "ops/pointwise/silu.hpp"

namespace mf::cpu {
namespace {

inline void store(float* to, float value) { *to = value; }
inline void store(bfloat16* to, float value) { *to = to_bfloat16(value); }

template <class Out>
Out* data(Tensor& t) {
    if constexpr (std::is_same_v<Out, float>)
        return t.f32();
    else
        return t.bf16();
}

/// One loop for every combination of what is wanted; flags are compile-time so that each loop is straight vector code.
template <class F, class Out, bool moving, bool taped>
void loop(const float* __restrict x, const float* __restrict x_dot, Out* __restrict y, Out* __restrict y_dot,
          Out* __restrict slope, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        const auto f = F::at(x[i]);
        store(y + i, f.value);
        if constexpr (moving) store(y_dot + i, f.slope * x_dot[i]);
        if constexpr (taped) store(slope + i, f.slope);
    }
}

template <class F, class Out>
void run(Team& team, const PointwisePass& pass) {
    const std::int64_t still = pass.x.count() - pass.x_dot.count();
    const float *x = pass.x.f32(), *x_dot = pass.x_dot.f32();
    Out *y = data<Out>(pass.y), *y_dot = data<Out>(pass.y_dot), *slope = data<Out>(pass.slope);
    const bool taped = slope != nullptr;
    team.split(pass.x.count(), 1024, [&](std::int64_t begin, std::int64_t end) {
        const std::int64_t middle = std::clamp(still, begin, end);
        const std::int64_t n = middle - begin, moving = end - middle, d = middle - still;
        if (taped) {
            loop<F, Out, false, true>(x + begin, nullptr, y + begin, nullptr, slope + begin, n);
            if (moving > 0)
                loop<F, Out, true, true>(x + middle, x_dot + d, y + middle, y_dot + d, slope + middle, moving);
        } else {
            loop<F, Out, false, false>(x + begin, nullptr, y + begin, nullptr, nullptr, n);
            if (moving > 0)
                loop<F, Out, true, false>(x + middle, x_dot + d, y + middle, y_dot + d, nullptr, moving);
        }
    });
}

template <class F>
void run_in_type(Team& team, const PointwisePass& pass) {
    if (pass.y.dtype() == DType::bf16)
        run<F, bfloat16>(team, pass);
    else
        run<F, float>(team, pass);
}

template <class Grad, class Slope>
void scaled(Team& team, Slope* __restrict dx, const Grad* __restrict dy, const Slope* __restrict slope,
            std::int64_t count) {
    team.split(count, 4096, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) store(dx + i, to_float(dy[i]) * to_float(slope[i]));
    });
}

}  // namespace

void pointwise(Team& team, Pointwise function, const PointwisePass& pass) {
    switch (function) {
        case Pointwise::gelu: return run_in_type<mf::laws::GeluErf>(team, pass);
        case Pointwise::gelu_tanh: return run_in_type<mf::laws::GeluTanh>(team, pass);
        case Pointwise::silu: return run_in_type<mf::laws::Silu>(team, pass);
    }
}

void multiply_by_slope(Team& team, Tensor& dx, const Tensor& dy, const Tensor& slope) {
    check(dx.count() == dy.count() && dy.count() == slope.count(), "[pointwise] gradient {} for a result {}",
          dy.shape(), slope.shape());
    const std::int64_t n = dx.count();
    if (slope.dtype() == DType::bf16) {
        if (dy.dtype() == DType::bf16)
            scaled(team, dx.bf16(), dy.bf16(), slope.bf16(), n);
        else
            scaled(team, dx.bf16(), dy.f32(), slope.bf16(), n);
    } else if (dy.dtype() == DType::bf16) {
        scaled(team, dx.f32(), dy.bf16(), slope.f32(), n);
    } else {
        scaled(team, dx.f32(), dy.f32(), slope.f32(), n);
    }
}

}  // namespace mf::cpu

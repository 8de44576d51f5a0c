// SPDX-License-Identifier: MIT
#include <algorithm>
#include <bit>
#include <type_traits>

#include "core/error.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/vector_io.hpp"
#include "ops/pointwise/laws.hpp"

namespace mf {
namespace {

using cpu::by_vectors;
using cpu::get;
using cpu::put;

template <class Out>
Out* data(Into t) {
    if constexpr (std::is_same_v<Out, float>)
        return t.f32();
    else
        return t.bf16();
}

/// One loop for every combination of what is wanted; flags are compile-time so that each loop is straight vector code.
template <class F, class Out, bool moving, bool taped>
void loop(const float* x, const float* x_dot, Out* y, Out* y_dot, Out* slope, std::int64_t count) {
    const auto step = [](const float* x, const float* x_dot, Out* y, Out* y_dot, Out* slope, std::int64_t i) {
        FloatVector value, derivative;
        F::at(get(x + i), value, derivative);
        put(y + i, value);
        if constexpr (moving) put(y_dot + i, derivative * get(x_dot + i));
        if constexpr (taped) put(slope + i, derivative);
    };
    by_vectors(
        count, [=](std::int64_t i) { step(x, x_dot, y, y_dot, slope, i); },
        [=](std::int64_t i, std::int64_t n) {
            float in[2][kVectorFloats]{};
            Out out[3][kVectorFloats];
            std::copy_n(x + i, n, in[0]);
            if constexpr (moving) std::copy_n(x_dot + i, n, in[1]);
            step(in[0], in[1], out[0], out[1], out[2], 0);
            std::copy_n(out[0], n, y + i);
            if constexpr (moving) std::copy_n(out[1], n, y_dot + i);
            if constexpr (taped) std::copy_n(out[2], n, slope + i);
        });
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
                loop<F, Out, true, true>(x + middle, x_dot + d, y + middle, y_dot + d, slope + middle,
                                         moving);
        } else {
            loop<F, Out, false, false>(x + begin, nullptr, y + begin, nullptr, nullptr, n);
            if (moving > 0)
                loop<F, Out, true, false>(x + middle, x_dot + d, y + middle, y_dot + d, nullptr, moving);
        }
    });
}

template <class F>
void run_in_type(Team& team, const PointwisePass& pass) {
    if (pass.y.type == DType::bf16)
        run<F, bfloat16>(team, pass);
    else
        run<F, float>(team, pass);
}

template <class Grad, class Slope>
void scaled(Team& team, Slope* dx, const Grad* dy, const Slope* slope, std::int64_t count) {
    team.split(count, 4096, [=](std::int64_t begin, std::int64_t end) {
        by_vectors(
            end - begin,
            [=](std::int64_t i) { put(dx + begin + i, get(dy + begin + i) * get(slope + begin + i)); },
            [=](std::int64_t i, std::int64_t n) {
                for (std::int64_t j = begin + i; j < begin + i + n; ++j) {
                    const float value = to_float(dy[j]) * to_float(slope[j]);
                    if constexpr (std::is_same_v<Slope, float>)
                        dx[j] = value;
                    else
                        dx[j] = to_bfloat16(value);
                }
            });
    });
}

}  // namespace

void CpuDevice::pointwise(Pointwise function, const PointwisePass& pass) {
    PointwiseLaws::for_each([&]<class Law> {
        if (Law::function == function) run_in_type<Law>(team_, pass);
    });
}

void CpuDevice::multiply_by_slope(Into dx, View dy, View slope) {
    check(dx.count() == dy.count() && dy.count() == slope.count(),
          "[pointwise] a gradient of {} numbers for a result of {}", dy.count(), slope.count());
    const std::int64_t n = dx.count();
    if (slope.type == DType::bf16) {
        if (dy.type == DType::bf16)
            scaled(team_, dx.bf16(), dy.bf16(), slope.bf16(), n);
        else
            scaled(team_, dx.bf16(), dy.f32(), slope.bf16(), n);
    } else if (dy.type == DType::bf16) {
        scaled(team_, dx.f32(), dy.bf16(), slope.f32(), n);
    } else {
        scaled(team_, dx.f32(), dy.f32(), slope.f32(), n);
    }
}

}  // namespace mf

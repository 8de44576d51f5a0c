// SPDX-License-Identifier: MIT
#include <algorithm>
#include <type_traits>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/vector_io.hpp"
#include "ops/pointwise/silu.hpp"

namespace mf {
namespace {

using cpu::by_vectors;
using cpu::fused;
using cpu::get;
using cpu::put;

template <class Out>
struct Row {
    const float *a, *b, *a_dot, *b_dot;
    Out *y, *y_dot, *a_factor, *b_factor;
};

template <class Out, bool moving, bool taped>
void step(const Row<Out>& r, std::int64_t i) {
    FloatVector value, slope;
    laws::Silu::at(get(r.a + i), value, slope);
    const FloatVector b = get(r.b + i), factor = slope * b;
    put(r.y + i, value * b);
    if constexpr (moving) put(r.y_dot + i, fused(factor, get(r.a_dot + i), value * get(r.b_dot + i)));
    if constexpr (taped) {
        put(r.a_factor + i, factor);
        put(r.b_factor + i, value);
    }
}

template <class Out, bool moving, bool taped>
void loop(const Row<Out>& r, std::int64_t count) {
    by_vectors(
        count, [&](std::int64_t i) { step<Out, moving, taped>(r, i); },
        [&](std::int64_t i, std::int64_t n) {
            float in[4][kVectorFloats]{};
            Out out[4][kVectorFloats];
            std::copy_n(r.a + i, n, in[0]);
            std::copy_n(r.b + i, n, in[1]);
            if constexpr (moving) {
                std::copy_n(r.a_dot + i, n, in[2]);
                std::copy_n(r.b_dot + i, n, in[3]);
            }
            step<Out, moving, taped>({in[0], in[1], in[2], in[3], out[0], out[1], out[2], out[3]}, 0);
            std::copy_n(out[0], n, r.y + i);
            if constexpr (moving) std::copy_n(out[1], n, r.y_dot + i);
            if constexpr (taped) {
                std::copy_n(out[2], n, r.a_factor + i);
                std::copy_n(out[3], n, r.b_factor + i);
            }
        });
}

template <class Out>
Out* data(Into t) {
    if constexpr (std::is_same_v<Out, float>)
        return t.f32();
    else
        return t.bf16();
}

template <class Out>
void run(Team& team, const SwigluPass& p) {
    const std::int64_t still = p.a.count() - p.y_dot.count();
    const Row<Out> all{p.a.f32(),      p.b.f32(),          p.a_dot.f32(),         p.b_dot.f32(),
                       data<Out>(p.y), data<Out>(p.y_dot), data<Out>(p.a_factor), data<Out>(p.b_factor)};
    const bool taped = all.a_factor != nullptr;
    team.split(p.a.count(), 1024, [&](std::int64_t begin, std::int64_t end) {
        const std::int64_t middle = std::clamp(still, begin, end), moving = end - middle;
        const auto from = [&](std::int64_t at, bool moves) {
            Row<Out> r = all;
            r.a += at, r.b += at, r.y += at;
            if (taped) r.a_factor += at, r.b_factor += at;
            if (moves) r.a_dot += at - still, r.b_dot += at - still, r.y_dot += at - still;
            return r;
        };
        if (taped) {
            loop<Out, false, true>(from(begin, false), middle - begin);
            if (moving > 0) loop<Out, true, true>(from(middle, true), moving);
        } else {
            loop<Out, false, false>(from(begin, false), middle - begin);
            if (moving > 0) loop<Out, true, false>(from(middle, true), moving);
        }
    });
}

}  // namespace

void CpuDevice::swiglu(const SwigluPass& pass) {
    if (pass.y.type == DType::bf16)
        run<bfloat16>(team_, pass);
    else
        run<float>(team_, pass);
}

}  // namespace mf

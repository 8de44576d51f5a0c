// SPDX-License-Identifier: MIT
#include "ops/group_norm.hpp"

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/elementwise.hpp"
#include "ops/cpu/group_norm.hpp"

namespace mf {
namespace {

struct GroupNormRecord {
    Team& team;
    Pool& pool;
    Tensor x, mean, s;
    GradSlot x_slot, y_slot;
    cpu::GroupNormSize size;
    const Param &g, &b;
    bool silu;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        const cpu::NormChannels channels{mean.f32(), s.f32(), g.value.f32(), b.value.f32()};
        Tensor h(x.shape(), DType::f32, &pool);
        if (silu)
            cpu::times_slope(team, h.f32(), dy.f32(), x, size, channels);
        else
            h = std::move(dy);
        Tensor sums({size.pictures, size.channels, 2}, DType::f64, &pool);
        cpu::channel_sums(team, pool, sums, h.f32(), x, size, channels);
        add_parameters(tape, static_cast<const double*>(sums.raw()));
        if (!x_slot.wanted()) return;
        Tensor dx(x.shape(), DType::f32, &pool);
        cpu::norm_jacobian(team, pool, dx.f32(), h.f32(), x, sums, size, channels, true);
        tape.add_gradient(x_slot, std::move(dx));
    }

    void add_parameters(Tape& tape, const double* sums) const {
        float *const dg = tape.gradients().of(g), *const db = tape.gradients().of(b);
        for (std::int64_t c = 0; c < size.channels; ++c) {
            double plain = 0, along = 0;
            for (std::int64_t i = c; i < size.pictures * size.channels; i += size.channels)
                plain += sums[2 * i], along += sums[2 * i + 1];
            db[c] += static_cast<float>(plain);
            dg[c] += static_cast<float>(along);
        }
    }
};

cpu::GroupNormSize size_of_norm(const Tensor& x, std::int64_t groups) {
    check(x.shape().rank() == 4 && x.shape()[0] > 0,
          "[group_norm] x must be (pictures, height, width, channels) but is {}", x.shape());
    check(groups > 0 && x.cols() % groups == 0, "[group_norm] {} channels make no {} groups", x.cols(),
          groups);
    return {x.shape()[0], x.rows() / x.shape()[0], x.cols(), groups};
}

void check_parameters(const Param& g, const Param& b, std::int64_t c) {
    check(g.shape.count() == c && b.shape.count() == c, "[group_norm] {} and {} must have {} numbers", g.name,
          b.name, c);
}

}  // namespace

GroupStatistics group_statistics(const Context& context, const Tensor& x, int groups, float eps) {
    const cpu::GroupNormSize size = size_of_norm(x, groups);
    GroupStatistics out{context.make({size.pictures, size.channels}),
                        context.make({size.pictures, size.channels})};
    cpu::group_statistics(cpu::team_of(context.device), context.pool, x, size, eps, out.mean, out.s);
    return out;
}

Tensor group_norm_by(const Context& context, const Tensor& x, const Param& g, const Param& b,
                     const GroupStatistics& statistics, bool silu) {
    const cpu::GroupNormSize size = size_of_norm(x, 1);
    check_parameters(g, b, size.channels);
    check(statistics.mean.count() == size.pictures * size.channels, "[group_norm] statistics {} for x {}",
          statistics.mean.shape(), x.shape());
    Tensor y = context.make(x.shape(), context.operand());
    cpu::group_norm_value(cpu::team_of(context.device), y, x, size,
                          {statistics.mean.f32(), statistics.s.f32(), g.value.f32(), b.value.f32()}, silu);
    return y;
}

Dual group_norm(const Context& context, const Dual& x, const Param& g, const Param& b, int groups, float eps,
                bool silu) {
    const cpu::GroupNormSize size = size_of_norm(x.value, groups);
    const std::int64_t c = size.channels, pictures = size.pictures;
    check_parameters(g, b, c);
    auto [mean, s] = group_statistics(context, x.value, groups, eps);
    Dual y(context.make(x.value.shape(), context.operand()));
    const cpu::NormChannels channels{mean.f32(), s.f32(), g.value.f32(), b.value.f32()};
    cpu::group_norm_value(cpu::team_of(context.device), y.value, x.value, size, channels, silu);
    if (!x.tangent.empty()) {
        const std::int64_t moving = x.tangent.shape()[0], still = pictures - moving;
        const cpu::GroupNormSize part{moving, size.pixels, c, groups};
        const cpu::NormChannels of{channels.mean + still * c, channels.s + still * c, channels.g, channels.b};
        const Tensor from = x.value.row_range(still * size.pixels, x.rows()),
                     d = cpu::as_type(cpu::team_of(context.device), context.pool, x.tangent, DType::f32);
        Tensor sums = context.make({moving, c, 2}, DType::f64), tangent = context.make(x.tangent.shape());
        cpu::channel_sums(cpu::team_of(context.device), context.pool, sums, d.f32(), from, part, of);
        cpu::norm_jacobian(cpu::team_of(context.device), context.pool, tangent.f32(), d.f32(), from, sums,
                           part, of, false);
        if (silu)
            cpu::times_slope(cpu::team_of(context.device), tangent.f32(), tangent.f32(), from, part, of);
        y.tangent = cpu::as_type(cpu::team_of(context.device), context.pool, tangent, context.operand());
    }
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(GroupNormRecord{cpu::team_of(context.device), context.pool, x.value,
                                             std::move(mean), std::move(s), x.slot, y.slot, size, g, b,
                                             silu});
    }
    return y;
}

}  // namespace mf

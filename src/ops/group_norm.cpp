// SPDX-License-Identifier: MIT
#include "ops/group_norm.hpp"

#include "ops/as_type.hpp"

namespace mf {
namespace {

struct GroupNormRecord {
    Device& device;
    Pool& pool;
    Tensor x, mean, s;
    GradSlot x_slot, y_slot;
    GroupNormSize size;
    const Param &g, &b;
    bool silu;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        const NormChannels channels{mean, this->s, g.value, b.value};
        Tensor h(x.shape(), DType::f32, &pool);
        if (silu)
            device.group_norm_slope(h, dy, x, size, channels);
        else
            h = std::move(dy);
        Tensor sums({size.pictures, size.channels, 2}, DType::f64, &pool);
        device.group_norm_sums(sums, h, x, size, channels, pool);
        device.group_norm_gradients(tape.gradients().into(g), tape.gradients().into(b), sums, size);
        if (!x_slot.wanted()) return;
        Tensor dx(x.shape(), DType::f32, &pool);
        device.group_norm_jacobian(dx, h, x, sums, size, channels, true, pool);
        tape.add_gradient(x_slot, std::move(dx));
    }
};

GroupNormSize size_of_norm(const Tensor& x, std::int64_t groups) {
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
    const GroupNormSize size = size_of_norm(x, groups);
    GroupStatistics out{context.make({size.pictures, size.channels}),
                        context.make({size.pictures, size.channels})};
    context.device.group_statistics(out.mean, out.s, x, size, eps, context.pool);
    return out;
}

Tensor group_norm_by(const Context& context, const Tensor& x, const Param& g, const Param& b,
                     const GroupStatistics& statistics, bool silu) {
    const GroupNormSize size = size_of_norm(x, 1);
    check_parameters(g, b, size.channels);
    check(statistics.mean.count() == size.pictures * size.channels, "[group_norm] statistics {} for x {}",
          statistics.mean.shape(), x.shape());
    Tensor y = context.make(x.shape(), context.operand());
    context.device.group_norm(y, x, size, {statistics.mean, statistics.s, g.value, b.value}, silu);
    return y;
}

Dual group_norm(const Context& context, const Dual& x, const Param& g, const Param& b, int groups, float eps,
                bool silu) {
    const GroupNormSize size = size_of_norm(x.value, groups);
    const std::int64_t c = size.channels, pictures = size.pictures;
    check_parameters(g, b, c);
    auto [mean, s] = group_statistics(context, x.value, groups, eps);
    Dual y(context.make(x.value.shape(), context.operand()));
    context.device.group_norm(y.value, x.value, size, {mean, s, g.value, b.value}, silu);
    if (!x.tangent.empty()) {
        const std::int64_t moving = x.tangent.shape()[0], still = pictures - moving;
        const GroupNormSize part{moving, size.pixels, c, groups};
        const Tensor from = x.value.row_range(still * size.pixels, x.rows()),
                     own_mean = mean.row_range(still, pictures), own_s = s.row_range(still, pictures),
                     d = as_type(context.device, context.pool, x.tangent, DType::f32);
        const NormChannels of{own_mean, own_s, g.value, b.value};
        Tensor sums = context.make({moving, c, 2}, DType::f64), tangent = context.make(x.tangent.shape());
        context.device.group_norm_sums(sums, d, from, part, of, context.pool);
        context.device.group_norm_jacobian(tangent, d, from, sums, part, of, false, context.pool);
        if (silu) context.device.group_norm_slope(tangent, tangent, from, part, of);
        y.tangent = as_type(context.device, context.pool, tangent, context.operand());
    }
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(GroupNormRecord{context.device, context.pool, x.value, std::move(mean),
                                             std::move(s), x.slot, y.slot, size, g, b, silu});
    }
    return y;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "ops/mean_tokens.hpp"

namespace mf {
namespace {

Tensor means(const Context& context, const Tensor& x, std::int64_t tokens) {
    Tensor y = context.make({x.rows() / tokens, x.cols()});
    context.device.mean_tokens(y, x, tokens);
    return y;
}

struct MeanTokensRecord {
    Device& device;
    Pool& pool;
    std::int64_t tokens;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        Tensor dx({dy.rows() * tokens, dy.cols()}, DType::f32, &pool);
        device.mean_tokens_adjoint(dx, dy, tokens);
        tape.add_gradient(x_slot, std::move(dx));
    }
};

}  // namespace

Dual mean_tokens(const Context& context, const Dual& x, std::int64_t tokens) {
    check(tokens > 0 && x.rows() % tokens == 0 && x.tangent_rows() % tokens == 0,
          "[mean_tokens] {} does not hold sequences of {}", x.value.shape(), tokens);
    Dual y(means(context, x.value, tokens));
    if (x.tangent_rows() > 0) y.tangent = means(context, x.tangent, tokens);
    if (context.tape != nullptr && x.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(MeanTokensRecord{context.device, context.pool, tokens, x.slot, y.slot});
    }
    return y;
}

}  // namespace mf

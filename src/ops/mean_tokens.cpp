// SPDX-License-Identifier: MIT
#include "ops/mean_tokens.hpp"

namespace mf {
namespace {

Tensor means(const Context& context, const Tensor& x, std::int64_t tokens) {
    const std::int64_t samples = x.rows() / tokens, c = x.cols();
    Tensor y = Tensor::zeros({samples, c}, DType::f32, &context.pool);
    const float share = 1.0F / static_cast<float>(tokens);
    for (std::int64_t s = 0; s < samples; ++s) {
        float* to = y.f32() + s * c;
        const float* from = x.f32() + s * tokens * c;
        for (std::int64_t i = 0; i < tokens * c; i += c)
            for (std::int64_t j = 0; j < c; ++j) to[j] += from[i + j];
        for (std::int64_t j = 0; j < c; ++j) to[j] *= share;
    }
    return y;
}

struct MeanTokensRecord {
    Pool& pool;
    std::int64_t tokens;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        const std::int64_t samples = dy.rows(), c = dy.cols();
        Tensor dx({samples * tokens, c}, DType::f32, &pool);
        const float share = 1.0F / static_cast<float>(tokens);
        for (std::int64_t row = 0; row < samples * tokens; ++row)
            for (std::int64_t j = 0; j < c; ++j)
                dx.f32()[row * c + j] = share * dy.f32()[row / tokens * c + j];
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
        context.tape->record(MeanTokensRecord{context.pool, tokens, x.slot, y.slot});
    }
    return y;
}

}  // namespace mf

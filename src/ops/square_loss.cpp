// SPDX-License-Identifier: MIT
#include "ops/square_loss.hpp"

#include <cmath>

namespace mf {
namespace {

struct SquareLossRecord {
    Tensor gradient;  // of the prediction, for L̄ = 1
    GradSlot prediction, loss;

    void operator()(Tape& tape) {
        const Tensor seed = tape.take_gradient(loss);
        if (seed.empty()) return;
        const float factor = seed.f32()[0];
        if (factor != 1.0F)
            for (float& g : gradient.floats()) g *= factor;
        tape.add_gradient(prediction, std::move(gradient));
    }
};

}  // namespace

SquareLoss square_loss(const Context& context, const Dual& prediction, const Tensor& target,
                       SquareWeight weight, double divisor) {
    check(target.rows() == prediction.rows() && target.cols() == prediction.cols(),
          "[square_loss] the target must be {} but is {}", prediction.value.shape(), target.shape());
    const std::int64_t rows = prediction.rows(), cols = prediction.cols();
    SquareLoss out{Dual(context.make({1, 1})), 0};
    Tensor gradient = context.make({rows, cols});
    const float *p = prediction.value.f32(), *y = target.f32();
    float* to = gradient.f32();
    double loss = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
        double q = 0;
        for (std::int64_t j = i * cols; j < (i + 1) * cols; ++j) {
            const float difference = p[j] - y[j];
            q += static_cast<double>(difference) * difference;
        }
        const double w = weight.p == 0   ? 1.0
                         : weight.p == 1 ? 1.0 / (q + weight.c)
                                         : std::pow(q + weight.c, -weight.p);
        const auto factor = static_cast<float>(2.0 * w / divisor);
        for (std::int64_t j = i * cols; j < (i + 1) * cols; ++j) to[j] = factor * (p[j] - y[j]);
        out.squares += q;
        loss += w * q;
    }
    out.loss.value.f32()[0] = static_cast<float>(loss / divisor);
    if (context.tape != nullptr && prediction.slot.wanted()) {
        out.loss.slot = context.tape->new_slot();
        context.tape->record(SquareLossRecord{std::move(gradient), prediction.slot, out.loss.slot});
    }
    return out;
}

}  // namespace mf

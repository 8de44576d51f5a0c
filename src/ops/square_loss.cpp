// SPDX-License-Identifier: MIT
#include "ops/square_loss.hpp"

namespace mf {
namespace {

struct SquareLossRecord {
    Device& device;
    Tensor gradient;  // of the prediction, for L̄ = 1
    GradSlot prediction, loss;

    void operator()(Tape& tape) {
        const Tensor seed = tape.take_gradient(loss);
        if (seed.empty()) return;
        device.scale_by(gradient, gradient, seed);
        tape.add_gradient(prediction, std::move(gradient));
    }
};

}  // namespace

Dual square_loss(const Context& context, const Dual& prediction, const Tensor& target, SquareWeight weight,
                 double divisor, Into total) {
    check(target.rows() == prediction.rows() && target.cols() == prediction.cols(),
          "[square_loss] the target must be {} but is {}", prediction.value.shape(), target.shape());
    Dual loss(context.make({1, 1}));
    Tensor gradient = context.make({prediction.rows(), prediction.cols()});
    context.device.square_loss({.p = prediction.value,
                                .y = target,
                                .gradient = gradient,
                                .loss = loss.value,
                                .total = total,
                                .power = weight.p,
                                .constant = weight.c,
                                .divisor = divisor});
    if (context.tape != nullptr && prediction.slot.wanted()) {
        loss.slot = context.tape->new_slot();
        context.tape->record(
            SquareLossRecord{context.device, std::move(gradient), prediction.slot, loss.slot});
    }
    return loss;
}

}  // namespace mf

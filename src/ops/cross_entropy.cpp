// SPDX-License-Identifier: MIT
#include "ops/cross_entropy.hpp"

namespace mf {
namespace {

struct CrossEntropyRecord {
    Device& device;
    Tensor gradient;  // of the logits, for L̄ = 1
    GradSlot logits, loss;

    void operator()(Tape& tape) {
        const Tensor seed = tape.take_gradient(loss);
        if (seed.empty()) return;
        device.scale_by(gradient, gradient, seed);
        tape.add_gradient(logits, std::move(gradient));
    }
};

}  // namespace

Dual cross_entropy(const Context& context, const Dual& logits, const Tensor& labels, double smoothing,
                   double divisor, Into right) {
    const std::int64_t rows = logits.rows(), classes = logits.cols();
    check(labels.dtype() == DType::i32 && labels.count() == rows,
          "[cross_entropy] labels must be i32 ({}) but are {} {}", rows, name_of(labels.dtype()),
          labels.shape());
    const auto* label = static_cast<const std::int32_t*>(labels.raw());
    for (std::int64_t i = 0; i < rows; ++i)
        check(label[i] >= 0 && label[i] < classes, "[cross_entropy] label {} of row {} is not in 0..{}",
              label[i], i, classes - 1);
    Dual loss(context.make({1, 1}));
    Tensor gradient = context.make({rows, classes});
    context.device.cross_entropy({.logits = logits.value,
                                  .labels = label,
                                  .gradient = gradient,
                                  .loss = loss.value,
                                  .right = right,
                                  .smoothing = smoothing,
                                  .divisor = divisor});
    if (context.tape != nullptr && logits.slot.wanted()) {
        loss.slot = context.tape->new_slot();
        context.tape->record(CrossEntropyRecord{context.device, std::move(gradient), logits.slot, loss.slot});
    }
    return loss;
}

}  // namespace mf

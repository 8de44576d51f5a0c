// SPDX-License-Identifier: MIT
#include "ops/cross_entropy.hpp"

#include <algorithm>
#include <cmath>

namespace mf {
namespace {

struct CrossEntropyRecord {
    Tensor gradient;  // of the logits, for L̄ = 1
    GradSlot logits, loss;

    void operator()(Tape& tape) {
        const Tensor seed = tape.take_gradient(loss);
        if (seed.empty()) return;
        const float factor = seed.f32()[0];
        if (factor != 1.0F)
            for (float& g : gradient.floats()) g *= factor;
        tape.add_gradient(logits, std::move(gradient));
    }
};

}  // namespace

CrossEntropy cross_entropy(const Context& context, const Dual& logits, const Tensor& labels, double smoothing,
                           double divisor) {
    const std::int64_t rows = logits.rows(), classes = logits.cols();
    check(labels.dtype() == DType::i32 && labels.count() == rows,
          "[cross_entropy] labels must be i32 ({}) but are {} {}", rows, name_of(labels.dtype()),
          labels.shape());
    const auto* label = static_cast<const std::int32_t*>(labels.raw());
    CrossEntropy out{Dual(context.make({1, 1})), 0};
    Tensor gradient = context.make({rows, classes});
    const double other = smoothing / static_cast<double>(classes);
    double loss = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
        check(label[i] >= 0 && label[i] < classes, "[cross_entropy] label {} of row {} is not in 0..{}",
              label[i], i, classes - 1);
        const float* z = logits.value.f32() + i * classes;
        float* to = gradient.f32() + i * classes;
        const float* const top = std::max_element(z, z + classes);
        out.right += top - z == label[i] ? 1 : 0;
        double sum = 0, expected = 0;
        for (std::int64_t k = 0; k < classes; ++k) sum += std::exp(double{z[k]} - *top);
        for (std::int64_t k = 0; k < classes; ++k) {
            const double q = other + (k == label[i] ? 1 - smoothing : 0.0);
            expected += q * (double{z[k]} - *top);
            to[k] = static_cast<float>((std::exp(double{z[k]} - *top) / sum - q) / divisor);
        }
        loss += std::log(sum) - expected;
    }
    out.loss.value.f32()[0] = static_cast<float>(loss / divisor);
    if (context.tape != nullptr && logits.slot.wanted()) {
        out.loss.slot = context.tape->new_slot();
        context.tape->record(CrossEntropyRecord{std::move(gradient), logits.slot, out.loss.slot});
    }
    return out;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "ops/sinusoid.hpp"

#include <cmath>

namespace mf {
namespace {

double frequency(std::int64_t k, std::int64_t half, double period) {
    return std::pow(period, -static_cast<double>(k) / static_cast<double>(half));
}

struct SinusoidRecord {
    Pool& pool;
    Tensor y;  // holds both functions
    double period;
    GradSlot s_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !s_slot.wanted()) return;
        const std::int64_t half = y.cols() / 2;
        Tensor ds(Shape{y.rows(), 1}, DType::f32, &pool);
        for (std::int64_t i = 0; i < y.rows(); ++i) {
            const float *cos = y.f32() + i * y.cols(), *sin = cos + half, *d = dy.f32() + i * y.cols();
            double sum = 0;
            for (std::int64_t k = 0; k < half; ++k)
                sum += frequency(k, half, period) *
                       (static_cast<double>(cos[k]) * d[half + k] - static_cast<double>(sin[k]) * d[k]);
            ds.f32()[i] = static_cast<float>(sum);
        }
        tape.add_gradient(s_slot, std::move(ds));
    }
};

}  // namespace

Dual sinusoid(const Context& context, const Dual& s, std::int64_t features, double period) {
    check(s.cols() == 1 && features % 2 == 0, "[sinusoid] s must be (rows, 1) but is {}; {} features",
          s.value.shape(), features);
    const std::int64_t half = features / 2, rows = s.rows(), still = s.tangent_begin();
    Dual y(context.make({rows, features}));
    if (s.tangent_rows() > 0) y.tangent = context.make({s.tangent_rows(), features});
    for (std::int64_t k = 0; k < half; ++k) {
        const double w = frequency(k, half, period);
        for (std::int64_t i = 0; i < rows; ++i) {
            const double angle = w * static_cast<double>(s.value.f32()[i]);
            const double cos = std::cos(angle), sin = std::sin(angle);
            y.value.f32()[i * features + k] = static_cast<float>(cos);
            y.value.f32()[i * features + half + k] = static_cast<float>(sin);
            if (i < still) continue;
            const double speed = w * static_cast<double>(s.tangent.f32()[i - still]);
            float* to = y.tangent.f32() + (i - still) * features;
            to[k] = static_cast<float>(-speed * sin);
            to[half + k] = static_cast<float>(speed * cos);
        }
    }
    if (context.tape != nullptr && s.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(SinusoidRecord{context.pool, y.value, period, s.slot, y.slot});
    }
    return y;
}

}  // namespace mf

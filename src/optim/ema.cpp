// SPDX-License-Identifier: MIT
#include "optim/ema.hpp"

#include <algorithm>
#include <cmath>

namespace mf {

Ema::Ema(double decay, std::span<const float> start)
    : decay_(decay), values_({static_cast<std::int64_t>(start.size())}, DType::f32) {
    std::ranges::copy(start, values_.f32());
}

Ema::Ema(double decay, const ParamStore& start, Device& device) : decay_(decay), values_(start.zeros()) {
    device.convert(values_, start.whole());
}

void Ema::update(Device& device, View weights, std::int64_t warm_up) {
    const auto n = static_cast<double>(warm_up);
    const double decay = warm_up > 0 ? std::min(decay_, n / (n + 9)) : decay_;
    device.ema(values_, weights, static_cast<float>(1.0 - decay));
}

double Ema::share_of_start(double decay, bool warm_up, std::int64_t updates) {
    double share = 1;
    std::int64_t n = 1;
    if (warm_up)
        for (; n <= updates && share > 1e-9; ++n) {
            const auto at = static_cast<double>(n);
            if (at / (at + 9) >= decay) break;
            share *= at / (at + 9);
        }
    return share * std::pow(decay, static_cast<double>(updates - n + 1));
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "optim/adam.hpp"

#include <cmath>

namespace mf {

Adam::Adam(const Config& config, std::int64_t parameters)
    : config_(config), m_(Tensor::zeros({parameters})), v_(Tensor::zeros({parameters})) {}

Adam::Adam(const Config& config, const ParamStore& params)
    : config_(config), m_(params.zeros()), v_(params.zeros()) {}

Adam::~Adam() = default;

void Adam::update(Device& device, Into weights, View gradients, std::int64_t step, double rate,
                  double gradient_scale) {
    const auto k = static_cast<double>(step + 1);
    device.adam(weights, m_, v_, gradients,
                {.b1 = static_cast<float>(config_.b1),
                 .b2 = static_cast<float>(config_.b2),
                 .m_step = static_cast<float>(1.0 - config_.b1),
                 .v_step = static_cast<float>(1.0 - config_.b2),
                 .m_unbias = static_cast<float>(rate / (1.0 - std::pow(config_.b1, k))),
                 .v_unbias = static_cast<float>(1.0 / (1.0 - std::pow(config_.b2, k))),
                 .eps = static_cast<float>(config_.eps),
                 .decay = static_cast<float>(rate * config_.weight_decay),
                 .scale = static_cast<float>(gradient_scale)});
}

OptionTable Adam::options(bool decay) {
    OptionTable table = {
        {"optim.lr", OptionKind::real, "1e-3", "learning rate (its largest value under a schedule)", 0},
        {"optim.b1", OptionKind::real, "0.9", "decay of the first moment", 0, 0.999999},
        {"optim.b2", OptionKind::real, "0.999", "decay of the second moment", 0, 0.9999999},
        {"optim.eps", OptionKind::real, "1e-8", "added to the root of the second moment", 0},
        {"optim.clip", OptionKind::real, "0", "gradients are scaled down to this global norm; 0: never", 0},
    };
    if (decay) table.push_back({"optim.weight_decay", OptionKind::real, "0.01", "decoupled weight decay", 0});
    return table;
}

Adam::Config Adam::configure(const Settings& settings) {
    return {.b1 = settings.real("optim.b1"),
            .b2 = settings.real("optim.b2"),
            .eps = settings.real("optim.eps"),
            .weight_decay = settings.has("optim.weight_decay") ? settings.real("optim.weight_decay") : 0.0};
}

std::unique_ptr<Optimiser> Adam::make(const Settings& settings, const ParamStore& params) {
    return std::make_unique<Adam>(configure(settings), params);
}

}  // namespace mf

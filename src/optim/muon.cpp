// SPDX-License-Identifier: MIT
#include "optim/muon.hpp"

#include <algorithm>
#include <cmath>

namespace mf {

Muon::Muon(const Config& config, const ParamStore& params)
    : config_(config), adam_(config.adam, params), momentum_(params.zeros()) {
    for (const Param& param : params.all())
        if (param.is_matrix && param.shape.rank() == 2 && std::min(param.shape[0], param.shape[1]) >= 16)
            matrices_.push_back({param.offset, param.shape});
    if (!matrices_.empty()) before_ = params.zeros(), direction_ = params.zeros();
}

/// W = (1 - rate · decay) W - rate √max(1, out/in) · direction, from the weights that stood before Adam's pass.
void Muon::find_matrices(Into weights, View gradients, double rate) {
    now_.clear();
    for (const auto& [offset, shape] : matrices_) {
        const auto part = [&](auto whole) {
            auto* const numbers = whole.f32() + offset;
            return decltype(whole){numbers, shape[0], shape[1], DType::f32};
        };
        const auto out = static_cast<double>(shape[0]), in = static_cast<double>(shape[1]);
        now_.push_back({.weight = part(weights),
                        .momentum = part(Into(momentum_)),
                        .gradient = part(gradients),
                        .before = part(Into(before_)),
                        .direction = part(Into(direction_)),
                        .length = static_cast<float>(rate * std::sqrt(std::max(1.0, out / in)))});
    }
}

void Muon::update(Device& device, Into weights, View gradients, std::int64_t step, double rate,
                  double gradient_scale) {
    const double share_of_rate = config_.lr > 0 ? rate / config_.lr : 0.0,
                 matrix_rate = share_of_rate * config_.muon_lr;
    find_matrices(weights, gradients, matrix_rate);
    if (!now_.empty())
        device.muon_directions(now_,
                               {.momentum = static_cast<float>(config_.momentum),
                                .gradient_scale = static_cast<float>(gradient_scale),
                                .factors = config_.factors},
                               memory_);
    adam_.update(device, weights, gradients, step, rate, gradient_scale);
    if (!now_.empty())
        device.muon_step(now_, static_cast<float>(1.0 - matrix_rate * config_.adam.weight_decay), *memory_);
}

std::vector<std::pair<std::string, Tensor>> Muon::state() {
    auto out = adam_.state();
    out.emplace_back("muon.m", momentum_);
    return out;
}

OptionTable Muon::options() {
    OptionTable table = Adam::options(false);
    table.push_back({"optim.weight_decay", OptionKind::real, "0", "decoupled weight decay", 0});
    table.push_back({"optim.muon_lr", OptionKind::real, "0.02", "learning rate of the matrices", 0});
    table.push_back({"optim.momentum", OptionKind::real, "0.9", "momentum of the matrices", 0, 0.999999});
    return table;
}

std::unique_ptr<Optimiser> Muon::make(const Settings& settings, const ParamStore& params) {
    return std::make_unique<Muon>(
        Config{.adam = Adam::configure(settings),
               .lr = settings.real("optim.lr"),
               .muon_lr = settings.real("optim.muon_lr"),
               .momentum = settings.real("optim.momentum"),
               .factors = settings.text("precision") == "bf16" ? DType::bf16 : DType::f32},
        params);
}

}  // namespace mf

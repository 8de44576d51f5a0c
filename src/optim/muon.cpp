// SPDX-License-Identifier: MIT
#include "optim/muon.hpp"

#include <algorithm>
#include <cmath>

namespace mf {

Muon::Muon(const Config& config, const ParamStore& params)
    : config_(config), adam_(config.adam, params.count()), momentum_(Tensor::zeros({params.count()})) {
    for (const Param& param : params.all())
        if (param.is_matrix && param.shape.rank() == 2 && std::min(param.shape[0], param.shape[1]) >= 16)
            matrices_.push_back({param.offset, Tensor::zeros(param.shape), Tensor::zeros(param.shape)});
}

void Muon::update(Team& team, std::span<float> weights, std::span<const float> gradients, std::int64_t step,
                  double rate, double gradient_scale) {
    const auto b1 = static_cast<float>(config_.momentum), scale = static_cast<float>(gradient_scale);
    for (Matrix& matrix : matrices_) {
        const std::int64_t count = matrix.direction.count();
        const float* g = gradients.data() + matrix.offset;
        float* m = momentum_.f32() + matrix.offset;
        float* d = matrix.direction.f32();
        for (std::int64_t i = 0; i < count; ++i) {
            m[i] = b1 * m[i] + (1.0F - b1) * scale * g[i];
            d[i] = b1 * m[i] + (1.0F - b1) * scale * g[i];
        }
        orthogonaliser_.run(team, matrix.direction);
        std::copy_n(weights.data() + matrix.offset, count, matrix.before.f32());
    }
    adam_.update(team, weights, gradients, step, rate, gradient_scale);
    for (const Matrix& matrix : matrices_) {
        const auto out = static_cast<double>(matrix.direction.rows()),
                   in = static_cast<double>(matrix.direction.cols());
        const double share = config_.lr > 0 ? rate / config_.lr : 0.0;
        const double length = share * config_.muon_lr * std::sqrt(std::max(1.0, out / in));
        const auto h = static_cast<float>(length);
        const auto keep = static_cast<float>(1.0 - share * config_.muon_lr * config_.adam.weight_decay);
        float* w = weights.data() + matrix.offset;
        const float *before = matrix.before.f32(), *direction = matrix.direction.f32();
        for (std::int64_t i = 0, n = matrix.direction.count(); i < n; ++i)
            w[i] = keep * before[i] - h * direction[i];
    }
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
    return std::make_unique<Muon>(Config{.adam = Adam::configure(settings),
                                         .lr = settings.real("optim.lr"),
                                         .muon_lr = settings.real("optim.muon_lr"),
                                         .momentum = settings.real("optim.momentum")},
                                  params);
}

}  // namespace mf

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

/// Each matrix to the thread that has the least to do so far, the dearest first.
void Muon::deal(int threads) {
    if (std::ssize(shares_) == threads) return;
    shares_.clear();
    shares_.resize(static_cast<std::size_t>(threads));
    std::vector<Matrix*> dearest;
    for (Matrix& matrix : matrices_) dearest.push_back(&matrix);
    const auto cost = [](const Matrix& matrix) {
        const std::int64_t rows = matrix.direction.rows(), cols = matrix.direction.cols();
        return static_cast<double>(rows * cols) * static_cast<double>(std::min(rows, cols));
    };
    std::ranges::stable_sort(dearest, [&](const Matrix* a, const Matrix* b) { return cost(*a) > cost(*b); });
    std::vector<double> load(shares_.size());
    for (Matrix* matrix : dearest) {
        const auto least = std::ranges::min_element(load);
        *least += cost(*matrix);
        shares_[static_cast<std::size_t>(least - load.begin())].matrices.push_back(matrix);
    }
}

void Muon::find_direction(Share& share, Matrix& matrix, std::span<const float> weights,
                          std::span<const float> gradients, float scale) {
    const auto b1 = static_cast<float>(config_.momentum);
    const std::int64_t count = matrix.direction.count();
    const float* g = gradients.data() + matrix.offset;
    float* m = momentum_.f32() + matrix.offset;
    float* d = matrix.direction.f32();
    for (std::int64_t i = 0; i < count; ++i) {
        m[i] = b1 * m[i] + (1.0F - b1) * scale * g[i];
        d[i] = b1 * m[i] + (1.0F - b1) * scale * g[i];
    }
    const auto [orthogonaliser, is_new] =
        share.of_shape.try_emplace({matrix.direction.rows(), matrix.direction.cols()}, config_.factors);
    orthogonaliser->second.run(solo_, matrix.direction);
    std::copy_n(weights.data() + matrix.offset, count, matrix.before.f32());
}

void Muon::update(Team& team, std::span<float> weights, std::span<const float> gradients, std::int64_t step,
                  double rate, double gradient_scale) {
    deal(team.size());
    team.run([&](int thread) {
        Share& share = shares_[static_cast<std::size_t>(thread)];
        for (Matrix* matrix : share.matrices)
            find_direction(share, *matrix, weights, gradients, static_cast<float>(gradient_scale));
    });
    adam_.update(team, weights, gradients, step, rate, gradient_scale);
    const double share_of_rate = config_.lr > 0 ? rate / config_.lr : 0.0;
    team.run([&](int thread) {
        for (const Matrix* matrix : shares_[static_cast<std::size_t>(thread)].matrices)
            step_along(*matrix, weights, share_of_rate * config_.muon_lr);
    });
}

/// W = (1 - rate · decay) W - rate √max(1, out/in) · direction, from the weights that stood before Adam's pass.
void Muon::step_along(const Matrix& matrix, std::span<float> weights, double rate) const {
    const auto out = static_cast<double>(matrix.direction.rows()),
               in = static_cast<double>(matrix.direction.cols());
    const auto h = static_cast<float>(rate * std::sqrt(std::max(1.0, out / in)));
    const auto keep = static_cast<float>(1.0 - rate * config_.adam.weight_decay);
    float* w = weights.data() + matrix.offset;
    const float *before = matrix.before.f32(), *direction = matrix.direction.f32();
    for (std::int64_t i = 0, n = matrix.direction.count(); i < n; ++i)
        w[i] = keep * before[i] - h * direction[i];
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

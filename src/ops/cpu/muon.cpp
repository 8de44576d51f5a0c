// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/orthogonalise.hpp"

namespace mf {
namespace {

/// What one thread does of an update: whole matrices, so that threads meet once and bits do not depend on them.
struct Share {
    std::vector<std::size_t> matrices;
    std::map<std::pair<std::int64_t, std::int64_t>, Orthogonaliser> of_shape;
};

struct CpuMuonMemory final : MuonMemory {
    std::vector<Share> shares;

    /// Each matrix to the thread that has the least to do so far, the dearest first.
    CpuMuonMemory(std::span<const MuonMatrix> matrices, int threads)
        : shares(static_cast<std::size_t>(threads)) {
        const auto cost = [&](std::size_t i) {
            const std::int64_t rows = matrices[i].direction.rows, cols = matrices[i].direction.cols;
            return static_cast<double>(rows * cols) * static_cast<double>(std::min(rows, cols));
        };
        std::vector<std::size_t> dearest(matrices.size());
        for (std::size_t i = 0; i < dearest.size(); ++i) dearest[i] = i;
        std::ranges::stable_sort(dearest, [&](std::size_t a, std::size_t b) { return cost(a) > cost(b); });
        std::vector<double> load(shares.size());
        for (const std::size_t i : dearest) {
            const auto least = std::ranges::min_element(load);
            *least += cost(i);
            shares[static_cast<std::size_t>(least - load.begin())].matrices.push_back(i);
        }
    }
};

void find_direction(Share& share, const MuonMatrix& matrix, const MuonStep& step, Team& solo) {
    const float b1 = step.momentum, scale = step.gradient_scale;
    const std::int64_t count = matrix.direction.count();
    const float* g = matrix.gradient.f32();
    float *m = matrix.momentum.f32(), *d = matrix.direction.f32();
    for (std::int64_t i = 0; i < count; ++i) {
        m[i] = b1 * m[i] + (1.0F - b1) * scale * g[i];
        d[i] = b1 * m[i] + (1.0F - b1) * scale * g[i];
    }
    const Shape shape{matrix.direction.rows, matrix.direction.cols};
    const auto [orthogonaliser, is_new] = share.of_shape.try_emplace({shape[0], shape[1]}, step.factors);
    Tensor direction = Tensor::view_of(d, shape, DType::f32);
    orthogonaliser->second.run(solo, direction);
    std::copy_n(matrix.weight.f32(), count, matrix.before.f32());
}

}  // namespace

void CpuDevice::muon_directions(std::span<const MuonMatrix> matrices, const MuonStep& step,
                                std::unique_ptr<MuonMemory>& memory) {
    if (memory == nullptr ||
        std::ssize(static_cast<CpuMuonMemory&>(*memory).shares) != std::ptrdiff_t{team_.size()})
        memory = std::make_unique<CpuMuonMemory>(matrices, team_.size());
    auto& shares = static_cast<CpuMuonMemory&>(*memory).shares;
    team_.run([&](int thread) {
        Share& share = shares[static_cast<std::size_t>(thread)];
        for (const std::size_t i : share.matrices) find_direction(share, matrices[i], step, solo_);
    });
}

void CpuDevice::muon_step(std::span<const MuonMatrix> matrices, float keep, MuonMemory& memory) {
    const auto& shares = static_cast<CpuMuonMemory&>(memory).shares;
    team_.run([&](int thread) {
        for (const std::size_t at : shares[static_cast<std::size_t>(thread)].matrices) {
            const MuonMatrix& matrix = matrices[at];
            float* w = matrix.weight.f32();
            const float *before = matrix.before.f32(), *direction = matrix.direction.f32(), h = matrix.length;
            for (std::int64_t i = 0, n = matrix.direction.count(); i < n; ++i)
                w[i] = keep * before[i] - h * direction[i];
        }
    });
}

}  // namespace mf

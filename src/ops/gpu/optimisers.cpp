// SPDX-License-Identifier: MIT
#include <cmath>
#include <vector>

#include "ops/gpu/kernel_call.hpp"

namespace mf {
namespace {

constexpr std::size_t kParts = 4;

/// Groups that share the numbers of one array.
std::int64_t groups_of(std::int64_t count) { return std::clamp<std::int64_t>((count + 4095) / 4096, 1, 256); }

}  // namespace

/// Four numbers for each of groups_of(count) groups: what optimisers.cl says.
const void* GpuDevice::square_parts(View x) {
    const std::int64_t groups = groups_of(x.count());
    const void* const parts = scratch(static_cast<std::size_t>(groups) * kParts * sizeof(gpu::Pair));
    run({"optimisers", "square_parts", {groups, 1, 1}, {256, 1, 1}, 0}, gpu::Pairs{parts}, gpu::Floats(x),
        x.count());
    return parts;
}

/// Sum of the squares of x, and how many numbers of it are not finite.
std::array<double, 2> GpuDevice::squares_of(View x) {
    std::vector<gpu::Pair> parts(static_cast<std::size_t>(groups_of(x.count())) * kParts);
    download(parts.data(), square_parts(x), parts.size() * sizeof(gpu::Pair));
    std::array<double, kParts> sums{};
    for (std::size_t i = 0; i < parts.size(); ++i) sums[i % kParts] += parts[i].value();
    return {std::ldexp(sums[0], 180) + sums[1] + std::ldexp(sums[2], -180), sums[3]};
}

double GpuDevice::gather_squares(std::span<const Into> parts) {
    for (const Into& part : parts.subspan(1)) add_to(parts[0], part);
    return squares_of(parts[0])[0];
}

bool GpuDevice::all_finite(View x) { return x.count() == 0 || squares_of(x)[1] == 0; }

void GpuDevice::adam(Into weights, Into m, Into v, View gradient, const AdamStep& s) {
    run(gpu::by_number("optimisers", "adam", weights.count()), gpu::Floats(weights), gpu::Floats(m),
        gpu::Floats(v), gpu::Floats(gradient), s.b1, s.b2, s.m_step, s.v_step, s.m_unbias, s.v_unbias, s.eps,
        s.decay, s.scale, weights.count());
}

void GpuDevice::ema(Into average, View weights, float step) {
    run(gpu::by_number("optimisers", "ema", average.count()), gpu::Floats(average), gpu::Floats(weights),
        step, average.count());
}

}  // namespace mf

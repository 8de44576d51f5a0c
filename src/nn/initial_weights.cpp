// SPDX-License-Identifier: MIT
#include "nn/initial_weights.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/rng.hpp"

namespace mf {
namespace {

/// Row of the stream that belongs to a name (FNV-1a, of which the upper half is a place of its own).
std::uint64_t row_of(const std::string& name) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
    return hash;
}

double fan_in(const Param& weight) {
    return static_cast<double>(weight.shape.count()) / static_cast<double>(weight.shape[0]);
}

}  // namespace

void fill_normal(Param& param, std::uint64_t seed, double deviation) {
    Random(seed, Stream::initial_weights)
        .normal_vector(param.value.f32(), param.shape.count(), row_of(param.name));
    for (float& w : param.value.floats()) w = static_cast<float>(w * deviation);
}

void fill_uniform(Param& param, std::uint64_t seed, double bound) {
    const std::uint64_t row = row_of(param.name);
    std::uint32_t block = 0;
    std::size_t used = 4;
    std::array<std::uint32_t, 4> words{};
    for (float& w : param.value.floats()) {
        if (used == 4) words = philox(seed, Stream::initial_weights, row, block++), used = 0;
        w = static_cast<float>((2.0 * to_unit(words[used++]) - 1.0) * bound);
    }
}

void fill_constant(Param& param, float value) { std::ranges::fill(param.value.floats(), value); }

void fill_scaled(const LinearLayer& layer, std::uint64_t seed, double gain) {
    fill_normal(*layer.weight, seed, gain / std::sqrt(fan_in(*layer.weight)));
    if (layer.bias != nullptr) fill_constant(*layer.bias, 0);
}

void fill_xavier(const LinearLayer& layer, std::uint64_t seed) {
    const double fan_out = static_cast<double>(layer.weight->shape[0]);
    fill_uniform(*layer.weight, seed, std::sqrt(6.0 / (fan_in(*layer.weight) + fan_out)));
    if (layer.bias != nullptr) fill_constant(*layer.bias, 0);
}

void fill_zero(const LinearLayer& layer) {
    fill_constant(*layer.weight, 0);
    if (layer.bias != nullptr) fill_constant(*layer.bias, 0);
}

}  // namespace mf

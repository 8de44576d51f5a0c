// SPDX-License-Identifier: MIT
// Initial values: a function of the seed and the parameter's name, whatever stands beside it in a network.
#pragma once

#include "nn/layers.hpp"

namespace mf {

/// Normal with this standard deviation.
void fill_normal(Param& param, std::uint64_t seed, double deviation);
/// Uniform on ±bound.
void fill_uniform(Param& param, std::uint64_t seed, double bound);
void fill_constant(Param& param, float value);

/// Weight normal with deviation `gain` / √fan_in, bias zero.
void fill_scaled(const LinearLayer& layer, std::uint64_t seed, double gain);
/// Weight uniform on ±√(6 / (fan_in + fan_out)) (Glorot and Bengio 2010), bias zero.
void fill_xavier(const LinearLayer& layer, std::uint64_t seed);
void fill_zero(const LinearLayer& layer);

}  // namespace mf

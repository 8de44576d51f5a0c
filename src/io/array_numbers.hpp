// SPDX-License-Identifier: MIT
// Arrays of any type of number as the type that is wanted, where that loses nothing that matters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/tensor.hpp"

namespace mf {

/// As f32, in the same shape. f64 is rounded; integers must be exact in f32 (all up to 2^24 are). Error names `place`
/// and the first number that is none: an integer that would change, or a finite f64 beyond the range of f32.
Tensor to_floats(const Tensor& tensor, const std::string& place);

/// As integers, in order. Floats must be whole. Error names `place` and the first that is not.
std::vector<std::int64_t> to_integers(const Tensor& tensor, const std::string& place);

}  // namespace mf

// SPDX-License-Identifier: MIT
// Running sums as tensors of a file, and back.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tensor/tensor.hpp"

namespace mf {

Tensor tensor_of_doubles(const std::vector<double>& values, const Shape& shape);
Tensor tensor_of_floats(const std::vector<float>& values, const Shape& shape);
Tensor tensor_of_integer(std::int64_t value);

/// Error, naming `place`, when there is no such tensor of f64, f32 or i64 with `count` numbers.
std::vector<double> doubles_in(const std::map<std::string, Tensor>& tensors, const std::string& name,
                               std::int64_t count, const std::string& place);
std::vector<float> floats_in(const std::map<std::string, Tensor>& tensors, const std::string& name,
                             std::int64_t count, const std::string& place);
std::int64_t integer_in(const std::map<std::string, Tensor>& tensors, const std::string& name,
                        const std::string& place);

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "metrics/tensor_io.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace mf {
namespace {

template <class Number>
Tensor tensor_of(const std::vector<Number>& values, const Shape& shape, DType dtype) {
    check(shape.count() == std::ssize(values), "[metrics] {} numbers for a tensor {}", values.size(), shape);
    Tensor out(shape, dtype);
    std::copy(values.begin(), values.end(), static_cast<Number*>(out.raw()));
    return out;
}

template <class Number>
std::vector<Number> numbers_in(const std::map<std::string, Tensor>& tensors, const std::string& name,
                               std::int64_t count, const std::string& place, DType dtype) {
    const auto found = tensors.find(name);
    check(found != tensors.end() && found->second.dtype() == dtype, "{}: has no tensor {} of type {}", place,
          name, name_of(dtype));
    check(found->second.count() == count, "{}: {} is {}, expected {} numbers", place, name,
          found->second.shape(), count);
    const auto* from = static_cast<const Number*>(found->second.raw());
    return {from, from + count};
}

}  // namespace

Tensor tensor_of_doubles(const std::vector<double>& values, const Shape& shape) {
    return tensor_of(values, shape, DType::f64);
}

Tensor tensor_of_floats(const std::vector<float>& values, const Shape& shape) {
    return tensor_of(values, shape, DType::f32);
}

Tensor tensor_of_integer(std::int64_t value) {
    return tensor_of(std::vector<std::int64_t>{value}, {1}, DType::i64);
}

std::vector<double> doubles_in(const std::map<std::string, Tensor>& tensors, const std::string& name,
                               std::int64_t count, const std::string& place) {
    return numbers_in<double>(tensors, name, count, place, DType::f64);
}

std::vector<float> floats_in(const std::map<std::string, Tensor>& tensors, const std::string& name,
                             std::int64_t count, const std::string& place) {
    return numbers_in<float>(tensors, name, count, place, DType::f32);
}

std::int64_t integer_in(const std::map<std::string, Tensor>& tensors, const std::string& name,
                        const std::string& place) {
    return numbers_in<std::int64_t>(tensors, name, 1, place, DType::i64).front();
}

}  // namespace mf

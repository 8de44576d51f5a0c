// SPDX-License-Identifier: MIT
#include "io/array_numbers.hpp"

#include <cmath>

#include "core/error.hpp"

namespace mf {
namespace {

template <class T>
const T* values_of(const Tensor& tensor) {
    return static_cast<const T*>(tensor.raw());
}

/// The float nearest to `value`; Error when an integer would become another.
template <class T>
float exact_float(T value, const std::string& place) {
    const auto out = static_cast<float>(value);
    if constexpr (sizeof(T) > 2) {
        // In double every i32 is exact, and so is every i64 that a float can be.
        const bool same = static_cast<double>(out) == static_cast<double>(value) &&
                          std::abs(static_cast<double>(value)) < 9.2e18 && static_cast<T>(out) == value;
        if (!same)
            throw Error(fmt::format("{}: holds the integer {}, which a 32-bit float would round to {:.0f}",
                                    place, value, static_cast<double>(out)),
                        "if that does not matter, save x.astype('float64')");
    }
    return out;
}

float narrow(double value, const std::string& place) {
    const auto out = static_cast<float>(value);
    check(std::isfinite(out) || !std::isfinite(value),
          "{}: holds {}, which is beyond the range of 32-bit floats", place, value);
    return out;
}

/// Calls `body(i, value)` with every number in its own type.
template <class Body>
void each_value(const Tensor& tensor, const std::string& place, const Body& body) {
    const auto go = [&](const auto* values) {
        for (std::int64_t i = 0, n = tensor.count(); i < n; ++i) body(i, values[i]);
    };
    switch (tensor.dtype()) {
        case DType::f32:
            return go(values_of<float>(tensor));
        case DType::f64:
            return go(values_of<double>(tensor));
        case DType::i32:
            return go(values_of<std::int32_t>(tensor));
        case DType::i64:
            return go(values_of<std::int64_t>(tensor));
        case DType::u8:
            return go(values_of<std::uint8_t>(tensor));
        case DType::f16:
            for (std::int64_t i = 0; i < tensor.count(); ++i)
                body(i, to_float(values_of<float16>(tensor)[i]));
            return;
        case DType::bf16:
            for (std::int64_t i = 0; i < tensor.count(); ++i)
                body(i, to_float(values_of<bfloat16>(tensor)[i]));
            return;
    }
    throw Error(fmt::format("{}: holds numbers of an unknown type", place));
}

}  // namespace

Tensor to_floats(const Tensor& tensor, const std::string& place) {
    if (tensor.dtype() == DType::f32) return tensor;
    Tensor out(tensor.shape(), DType::f32);
    each_value(tensor, place, [&]<class T>(std::int64_t i, T value) {
        if constexpr (std::is_same_v<T, double>)
            out.f32()[i] = narrow(value, place);
        else if constexpr (std::is_same_v<T, float>)
            out.f32()[i] = value;
        else
            out.f32()[i] = exact_float(value, place);
    });
    return out;
}

std::vector<std::int64_t> to_integers(const Tensor& tensor, const std::string& place) {
    std::vector<std::int64_t> out(static_cast<std::size_t>(tensor.count()));
    each_value(tensor, place, [&]<class T>(std::int64_t i, T value) {
        if constexpr (std::is_floating_point_v<T>)
            check(std::floor(value) == value && std::abs(value) < 9e15,
                  "{}: holds {}, expected whole numbers", place, value);
        out[static_cast<std::size_t>(i)] = static_cast<std::int64_t>(value);
    });
    return out;
}

}  // namespace mf

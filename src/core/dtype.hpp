// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace mf {

enum class DType : std::uint8_t { f32, bf16, f64, i32, i64, u8, f16 };

constexpr std::size_t size_of(DType dtype) {
    switch (dtype) {
        case DType::f64:
        case DType::i64:
            return 8;
        case DType::f32:
        case DType::i32:
            return 4;
        case DType::bf16:
        case DType::f16:
            return 2;
        case DType::u8:
            return 1;
    }
    return 0;
}

constexpr const char* name_of(DType dtype) {
    switch (dtype) {
        case DType::f64:
            return "f64";
        case DType::f32:
            return "f32";
        case DType::bf16:
            return "bf16";
        case DType::f16:
            return "f16";
        case DType::i64:
            return "i64";
        case DType::i32:
            return "i32";
        case DType::u8:
            return "u8";
    }
    return "?";
}

/// The upper half of a float. Conversions round to nearest even; NaN stays NaN.
struct bfloat16 {
    std::uint16_t bits;
};

inline float to_float(bfloat16 h) { return std::bit_cast<float>(static_cast<std::uint32_t>(h.bits) << 16); }
inline float to_float(float f) { return f; }

/// IEEE binary16: 1 sign, 5 exponent, 10 fraction bits. Every value is a float.
struct float16 {
    std::uint16_t bits;
};

inline float to_float(float16 h) {
    const std::uint32_t sign = static_cast<std::uint32_t>(h.bits & 0x8000U) << 16;
    const std::uint32_t rest = h.bits & 0x7FFFU;
    // The exponents' biases differ by 112; subnormals are made normal by a subtraction that is exact.
    if (rest >= 0x7C00U) return std::bit_cast<float>(sign | 0x7F800000U | (rest & 0x3FFU) << 13);
    if (rest >= 0x0400U) return std::bit_cast<float>(sign | ((rest << 13) + (112U << 23)));
    const float small = std::bit_cast<float>((rest << 13) + (113U << 23)) - std::bit_cast<float>(113U << 23);
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(small));
}

inline bfloat16 to_bfloat16(float f) {
    const auto bits = std::bit_cast<std::uint32_t>(f);
    const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
    const std::uint32_t quiet_nan = (bits >> 16) | 0x40U;
    return {static_cast<std::uint16_t>((bits & 0x7FFFFFFFU) > 0x7F800000U ? quiet_nan : rounded)};
}

}  // namespace mf

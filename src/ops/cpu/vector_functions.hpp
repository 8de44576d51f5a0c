// SPDX-License-Identifier: MIT
// Elementary functions on whole vectors, for the pointwise laws.
#pragma once

#include "machine.hpp"

namespace mf::cpu {

/// 2^y for y <= 127, relative error below 1e-7 (of which half an ulp of y is the caller's); 0 for y far below -126.
inline FloatVector exp2(FloatVector y) {
    y = y < -150.0F ? FloatVector{} - 150.0F : y;  // written so that NaN stays NaN
    // y = n + f, |f| <= 1/2; adding 1.5 * 2^23 rounds to the nearest integer.
    const FloatVector n = (y + 12582912.0F) - 12582912.0F, f = y - n;
    const auto next = [f](FloatVector p, float c) { return fused(p, f, FloatVector{} + c); };
    FloatVector p = next(FloatVector{} + 1.535336188319500e-4F, 1.339887440266574e-3F);
    p = next(p, 9.618437357674640e-3F);
    p = next(p, 5.550332471162809e-2F);
    p = next(p, 2.402264791363012e-1F);
    p = next(p, 6.931472028550421e-1F);
    p = next(p, 1.0F);
    return scale_by_power(p, n);
}

/// e^x, relative error below 1e-7 however large x is; 0 and about 2^126 for results beyond 2^-126 and 2^126.
inline FloatVector exp(FloatVector x) {
    x = x < -104.0F ? FloatVector{} - 104.0F : x;
    x = x > 87.3F ? FloatVector{} + 87.3F : x;
    // x = n ln 2 + f with ln 2 in two parts, so that the remainder is exact.
    const FloatVector n = (x * 1.44269504F + 12582912.0F) - 12582912.0F;
    const FloatVector f = fused(n, FloatVector{} + 2.12194440e-4F, fused(n, FloatVector{} - 0.693359375F, x));
    const auto next = [f](FloatVector p, float c) { return fused(p, f, FloatVector{} + c); };
    FloatVector p = next(FloatVector{} + 1.9875691500e-4F, 1.3981999507e-3F);
    p = next(p, 8.3334519073e-3F);
    p = next(p, 4.1665795894e-2F);
    p = next(p, 1.6666665459e-1F);
    p = next(p, 5.0000001201e-1F);
    return scale_by_power(fused(p, f * f, f + 1.0F), n);
}

inline FloatVector abs(FloatVector x) {
    return std::bit_cast<FloatVector>(std::bit_cast<WordVector>(x) & 0x7FFFFFFFU);
}

/// Sum over the lanes, always added in the same order.
inline float sum_of_lanes(FloatVector x) {
    float lane[kVectorFloats];
    store(lane, x);
    for (int width = kVectorFloats / 2; width > 0; width /= 2)
        for (int i = 0; i < width; ++i) lane[i] += lane[i + width];
    return lane[0];
}

}  // namespace mf::cpu

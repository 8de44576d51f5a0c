// SPDX-License-Identifier: MIT
// Random guidance settings of training rows: strength, interval, and whose label is dropped (iMF, arXiv
// 2512.02012).
#pragma once

#include <cstdint>
#include <span>

namespace mf {

/// Guidance strength on [1, 1 + s_max] with density proportional to s^-beta, from a uniform number on [0, 1).
double guidance_strength(double unit, double beta, double s_max);

/// Guidance interval from two uniform numbers: t_min on [0, 1/2), t_max on [1/2, 1). Rows with r = t get [0,
/// 1].
struct GuidanceInterval {
    double t_min, t_max;
};
GuidanceInterval guidance_interval(double unit_min, double unit_max, bool equal);

/// How many rows of a batch lose their label: those whose uniform number is below `probability` are counted,
/// and it is the *first* rows that lose it (the official code; these are rows with r = t).
std::int64_t dropped_labels(std::span<const float> units, double probability);

}  // namespace mf

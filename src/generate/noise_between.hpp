// SPDX-License-Identifier: MIT
// Noises between two others, along the great circle (Shoemake 1985), where Gaussian noise keeps its length.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mf {

/// The noise of one sample of a seed.
struct NoiseEnd {
    std::uint64_t seed = 0;
    std::int64_t index = 0;  ///< which sample
};

/// s on [0, 1], from a to b, both of the same size.
std::vector<float> noise_between(std::span<const float> a, std::span<const float> b, double s);

/// (count, dimensions): as many noises as evenly spread, both ends included. UsageError below two.
std::vector<float> noise_path(const NoiseEnd& from, const NoiseEnd& to, std::int64_t count,
                              std::int64_t dimensions);

/// "7", a seed, or "7:2", sample 2 of it. UsageError, which begins with `what`, for anything else.
NoiseEnd noise_end(const std::string& text, const std::string& what);
/// The other way round.
std::string text_of(const NoiseEnd& end);

}  // namespace mf

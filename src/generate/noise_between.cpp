// SPDX-License-Identifier: MIT
#include "generate/noise_between.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/error.hpp"
#include "io/shown.hpp"
#include "sample/sampler.hpp"

namespace mf {

std::vector<float> noise_between(std::span<const float> a, std::span<const float> b, double s) {
    double aa = 0, bb = 0, ab = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        aa += double{a[i]} * a[i], bb += double{b[i]} * b[i], ab += double{a[i]} * b[i];
    const double angle = std::acos(std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0));
    const bool flat = std::sin(angle) < 1e-6;
    const double of_a = flat ? 1 - s : std::sin((1 - s) * angle) / std::sin(angle);
    const double of_b = flat ? s : std::sin(s * angle) / std::sin(angle);
    std::vector<float> out(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) out[i] = static_cast<float>(of_a * a[i] + of_b * b[i]);
    return out;
}

std::vector<float> noise_path(const NoiseEnd& from, const NoiseEnd& to, std::int64_t count,
                              std::int64_t dimensions) {
    check_usage(count >= 2, "a way between two noises has both ends: {} samples are too few", count);
    const auto end = [&](const NoiseEnd& one) {
        return sampling_noise(one.seed, static_cast<std::uint64_t>(one.index), 1, dimensions);
    };
    const std::vector<float> a = end(from), b = end(to);
    std::vector<float> out;
    out.reserve(static_cast<std::size_t>(count * dimensions));
    for (std::int64_t i = 0; i < count; ++i) {
        const std::vector<float> noise =
            noise_between(a, b, static_cast<double>(i) / static_cast<double>(count - 1));
        out.insert(out.end(), noise.begin(), noise.end());
    }
    return out;
}

NoiseEnd noise_end(const std::string& text, const std::string& what) {
    constexpr std::uint64_t most = std::uint64_t{1} << 53;
    const auto number = [&](std::string_view word) {
        std::uint64_t out = 0;
        const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), out);
        if (word.empty() || code != std::errc() || end != word.data() + word.size() || out > most)
            throw UsageError(fmt::format("{}: {} is no noise", what, shown(text)),
                             "a seed, or a seed and the number of one of its samples: 7 or 7:2");
        return out;
    };
    const std::size_t colon = text.find(':');
    NoiseEnd out{number(std::string_view(text).substr(0, colon))};
    if (colon != std::string::npos)
        out.index = static_cast<std::int64_t>(number(std::string_view(text).substr(colon + 1)));
    return out;
}

std::string text_of(const NoiseEnd& end) {
    return end.index == 0 ? std::to_string(end.seed) : fmt::format("{}:{}", end.seed, end.index);
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "models/published.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

constexpr std::int64_t kSide = 32, kChannels = 4, kClasses = 1000;

/// Width, depth, heads and patch of a published network.
struct Sizes {
    std::int64_t hidden, depth, heads, patch;
    bool operator==(const Sizes&) const = default;
};

struct Entry {
    Sizes sizes;
    PublishedModel model;
};

/// The authors' settings of best FID (configs/eval_config.yml of the official code).
const std::array<Entry, 4>& imf_models() {
    static const std::array<Entry, 4> all = {{
        {{768, 12, 12, 2}, {"iMF-B/2", {{1, 8.0, 0.40, 0.65}}}},
        {{768, 24, 12, 2}, {"iMF-M/2", {{1, 10.5, 0.40, 0.60}}}},
        {{1024, 32, 16, 2}, {"iMF-L/2", {{1, 10.5, 0.40, 0.60}}}},
        {{1024, 48, 16, 2}, {"iMF-XL/2", {{1, 8.0, 0.42, 0.62}, {2, 4.0, 0.36, 0.64}}}},
    }};
    return all;
}

const std::array<Entry, 5>& mf_models() {
    static const std::array<Entry, 5> all = {{
        {{768, 12, 12, 4}, {"MF-B/4", {}}},
        {{768, 12, 12, 2}, {"MF-B/2", {}}},
        {{1024, 16, 16, 2}, {"MF-M/2", {}}},
        {{1024, 24, 16, 2}, {"MF-L/2", {}}},
        {{1152, 28, 16, 2}, {"MF-XL/2", {}}},
    }};
    return all;
}

template <std::size_t N>
const PublishedModel* find(const std::array<Entry, N>& all, const Sizes& sizes, std::int64_t height,
                           std::int64_t width, std::int64_t channels, std::int64_t classes) {
    if (height != kSide || width != kSide || channels != kChannels || classes != kClasses) return nullptr;
    const auto found = std::ranges::find(all, sizes, &Entry::sizes);
    return found == all.end() ? nullptr : &found->model;
}

}  // namespace

const PublishedModel* published_model(const Mit::Config& c) {
    const bool tokens =
        c.class_tokens == 8 && c.omega_tokens == 4 && c.interval_tokens == 2 && c.time_tokens == 4;
    if (!tokens || c.head_depth != 8) return nullptr;
    return find(imf_models(), {c.hidden, c.depth, c.heads, c.patch}, c.height, c.width, c.channels,
                c.classes);
}

const PublishedModel* published_model(const Dit::Config& c) {
    return find(mf_models(), {c.hidden, c.depth, c.heads, c.patch}, c.height, c.width, c.channels, c.classes);
}

std::string recommended_text(const std::vector<RecommendedGuidance>& recommended) {
    std::vector<std::string> parts;
    for (const RecommendedGuidance& one : recommended)
        parts.push_back(fmt::format("steps={} omega={:g} interval={:g},{:g}", one.steps, one.omega, one.t_min,
                                    one.t_max));
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<RecommendedGuidance> read_recommended(std::string_view text, const std::string& place) {
    std::vector<RecommendedGuidance> out;
    std::string rest(text);
    while (!rest.empty()) {
        RecommendedGuidance one;
        int used = 0;
        const int read = std::sscanf(rest.c_str(), "steps=%9d omega=%lf interval=%lf,%lf%n", &one.steps,
                                     &one.omega, &one.t_min, &one.t_max, &used);
        const bool sound = read == 4 && one.steps > 0 && one.omega > 0 && one.omega <= 1000 &&
                           one.t_min >= 0 && one.t_min <= one.t_max && one.t_max <= 1;
        check(sound, "{}: its metadata 'recommended' is {}, expected steps=1 omega=8 interval=0.4,0.65",
              place, shown(text));
        out.push_back(one);
        rest.erase(0, static_cast<std::size_t>(used));
        if (rest.starts_with("; "))
            rest.erase(0, 2);
        else
            check(rest.empty(), "{}: its metadata 'recommended' ends in {}", place, shown(rest));
    }
    std::ranges::sort(out, {}, &RecommendedGuidance::steps);
    return out;
}

}  // namespace mf

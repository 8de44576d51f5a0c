// SPDX-License-Identifier: MIT
#include "objectives/parts/times.hpp"

#include <algorithm>
#include <cmath>

#include "core/vector_math.hpp"

namespace mf {

std::int64_t TimeSampler::rows(double share, std::int64_t first, std::int64_t count) {
    const auto before = [share](std::int64_t n) {
        return static_cast<std::int64_t>(std::floor(static_cast<double>(n) * share + 1e-9));
    };
    return before(first + count) - before(first);
}

float TimeSampler::time(float base) const {
    if (kind == Kind::uniform) return base;
    return 1.0F / (1.0F + fast_exp(-(base * static_cast<float>(std) + static_cast<float>(mean))));
}

void TimeSampler::draw(float* t, float* r, std::int64_t equal, std::int64_t whole, const Random& random,
                       std::uint64_t index, std::int64_t count) const {
    if (kind == Kind::uniform)
        random.uniforms(t, r, nullptr, nullptr, index, count);
    else
        random.normals(t, r, index, count);
    const bool swapped = direction == Direction::forward;  // then r is the later time
    for (std::int64_t i = 0; i < count; ++i) {
        const float a = time(t[i]), b = time(r[i]);
        const float later = swapped ? std::min(a, b) : std::max(a, b);
        const float earlier = swapped ? std::max(a, b) : std::min(a, b);
        const bool is_equal = i < equal, is_whole = !is_equal && i < equal + whole;
        t[i] = is_whole || (is_equal && single_equal) ? a : later;
        r[i] = is_equal ? t[i] : is_whole ? (swapped ? 1.0F : 0.0F) : earlier;
    }
}

const OptionTable& TimeSampler::options() {
    static const OptionTable table = {
        {"times.name",
         OptionKind::text,
         "uniform",
         "distribution of t and r before sorting",
         0,
         0,
         {"uniform", "logit_normal"}},
        {"times.mean", OptionKind::real, "-0.4", "logit_normal: mean of the normal (P_mean)"},
        {"times.std", OptionKind::real, "1.0", "logit_normal: its standard deviation (P_std)", 1e-6},
        {"times.equal_share", OptionKind::real, "0",
         "share of rows with r = t (data_proportion in the official code; others count r != t)", 0, 1},
        {"times.single_equal", OptionKind::flag, "false",
         "rows with r = t take one draw as it comes; false: the later of two, as the official code does"},
        {"times.whole_share", OptionKind::real, "0", "share of rows whose interval reaches the data: r = 0",
         0, 1},
    };
    return table;
}

TimeSampler TimeSampler::make(const Settings& settings) {
    TimeSampler out;
    out.kind = settings.text("times.name") == "uniform" ? Kind::uniform : Kind::logit_normal;
    out.mean = settings.real("times.mean");
    out.std = settings.real("times.std");
    out.equal_share = settings.real("times.equal_share");
    out.single_equal = settings.flag("times.single_equal");
    out.whole_share = settings.real("times.whole_share");
    check_usage(out.equal_share + out.whole_share <= 1 + 1e-9,
                "times.equal_share={} and times.whole_share={} are more than all rows", out.equal_share,
                out.whole_share);
    out.direction = Path::make(settings).direction;
    return out;
}

}  // namespace mf

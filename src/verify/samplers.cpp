// SPDX-License-Identifier: MIT
// From base random numbers to times, guidance strengths and intervals, and dropped labels.
#include <algorithm>
#include <cmath>

#include "objectives/parts/guidance_draws.hpp"
#include "objectives/parts/times.hpp"
#include "verify/kinds.hpp"

namespace mf::verify {
namespace {

/// Logit-normal times, sorted; the first rows of the batch have r = t.
void compare_times(const Reference& reference, Comparison& comparison) {
    const TimeSampler sampler{.kind = TimeSampler::Kind::logit_normal,
                              .mean = reference.setting("P_mean"),
                              .std = reference.setting("P_std"),
                              .equal_share = reference.setting("data_proportion")};
    const auto n_t = reference.at("n_t").floats(), n_r = reference.at("n_r").floats();
    const auto rows = static_cast<std::int64_t>(n_t.size());
    const std::int64_t equal = sampler.equal_rows(0, rows);
    std::vector<float> first, t, r;
    std::vector<std::int64_t> mask;
    for (std::int64_t i = 0; i < rows; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const float a = sampler.time(n_t[at]), b = sampler.time(n_r[at]);
        first.push_back(a);
        t.push_back(std::max(a, b));
        r.push_back(i < equal ? t.back() : std::min(a, b));
        mask.push_back(i < equal ? 1 : 0);
    }
    comparison.values("logit_normal", std::span<const float>(first), kTolerance);
    comparison.values("t", std::span<const float>(t), kTolerance);
    comparison.values("r", std::span<const float>(r), kTolerance);
    comparison.equal("fm_mask", mask);
}

void compare_intervals(const Reference& reference, Comparison& comparison) {
    const auto u_min = reference.at("u_min").floats(), u_max = reference.at("u_max").floats();
    const std::vector<std::int64_t> mask = reference.integers("fm_mask");
    std::vector<double> t_min, t_max;
    for (std::size_t i = 0; i < u_min.size(); ++i) {
        const GuidanceInterval interval = guidance_interval(u_min[i], u_max[i], mask[i] != 0);
        t_min.push_back(interval.t_min);
        t_max.push_back(interval.t_max);
    }
    comparison.values("t_min", std::span<const double>(t_min), kTolerance);
    comparison.values("t_max", std::span<const double>(t_max), kTolerance);
}

/// Every "omega.beta_B".
void compare_strengths(const Reference& reference, Comparison& comparison) {
    constexpr std::string_view head = "omega.beta_";
    for (const auto& [name, tensor] : reference.tensors()) {
        if (!name.starts_with(head)) continue;
        const double beta = std::strtod(name.c_str() + head.size(), nullptr);
        std::vector<double> omega;
        for (const float unit : reference.at("u_omega").floats())
            omega.push_back(guidance_strength(unit, beta, reference.setting("s_max")));
        comparison.values(name, std::span<const double>(omega), kTolerance);
    }
}

void compare_dropping(const Reference& reference, Comparison& comparison) {
    if (!reference.has("drop.u")) return;
    const std::int64_t dropped =
        dropped_labels(reference.at("drop.u").floats(), reference.setting("class_dropout_prob"));
    std::vector<std::int64_t> labels = reference.integers("drop.labels");
    const auto rows = static_cast<std::ptrdiff_t>(dropped);
    std::fill(labels.begin(), labels.begin() + rows,
              static_cast<std::int64_t>(reference.setting("num_classes")));
    comparison.equal("drop.labels_out", labels);
    if (!reference.has("drop.v_g")) return;
    std::vector<double> v_g = reference.reals("drop.v_g");
    const std::vector<double> v_t = reference.reals("drop.v_t");
    std::copy_n(v_t.begin(), rows * reference.at("drop.v_g").cols(), v_g.begin());
    comparison.values("drop.v_g_out", std::span<const double>(v_g), kTolerance);
}

}  // namespace

void verify_samplers(const Reference& reference, Comparison& comparison, const Place&) {
    comparison.inputs(
        {"n_t", "n_r", "u_min", "u_max", "u_omega", "drop.u", "drop.labels", "drop.v_g", "drop.v_t"});
    compare_times(reference, comparison);
    compare_intervals(reference, comparison);
    compare_strengths(reference, comparison);
    compare_dropping(reference, comparison);
}

}  // namespace mf::verify

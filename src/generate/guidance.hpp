// SPDX-License-Identifier: MIT
// What guidance a network knows, and what of a request can act on it. Whatever cannot is refused with the reason.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/remarks.hpp"
#include "generate/conditions.hpp"
#include "sample/sampler.hpp"

namespace mf {

enum class GuidanceKind : std::uint8_t {
    none,         ///< there is nothing to guide with
    inputs,       ///< the strength is an input of the network
    fixed,        ///< one strength was trained, and is always there
    second_pass,  ///< from outside, by a second pass for the null class
};

/// "none", "inputs", "fixed" or "second_pass".
const char* name_of(GuidanceKind kind);

/// Strength and interval are among the network's inputs (Condition::omega, t_min and t_max).
bool takes_guidance(const VelocityModel& model);

struct GuidanceAbility {
    GuidanceKind kind = GuidanceKind::none;
    bool interval = false;  ///< an interval acts
    double omega = 1;       ///< fixed: the strength; inputs: the largest that was trained
    std::string why;        ///< none: the reason
};
GuidanceAbility guidance_ability(const Settings& settings, const SampleKind& sample,
                                 const VelocityModel& model);
inline GuidanceAbility guidance_ability(const LoadedModel& model) {
    return guidance_ability(model.settings, model.sample, *model.model);
}

/// The request with what these weights are recommended with (LoadedModel::recommended, for this number of steps) in the
/// place of a strength or an interval that it does not name. What was taken is told in `remarks`.
GuidanceRequest with_recommended(const LoadedModel& model, GuidanceRequest request, int steps,
                                 const Remarks& remarks);

/// UsageError, with the reason, when a part of the request cannot act on this network: a strength where there are no
/// classes or only one strength, an interval where none is known, guidance towards no class.
void check_guidance(const LoadedModel& model, const GuidanceRequest& request);
/// The request without what cannot act: for the keys of a run, which are remarked on when it begins.
GuidanceRequest acting_part(const LoadedModel& model, GuidanceRequest request);
/// What acts, but not as one might expect: values outside of what was trained, an interval that holds none of the
/// `asked` times.
std::vector<std::string> guidance_remarks(const LoadedModel& model, const GuidanceRequest& request,
                                          const std::vector<double>& asked);
/// "4 samples for 6 labels: bird, cat are left out"; empty when every label of the request has a sample.
std::string left_out_labels(const LoadedModel& model, const std::string& words, std::uint64_t seed,
                            std::int64_t count);

/// The condition of samples first .. first + count - 1 (the lists of the request are theirs): labels, and what the network was trained with as inputs; the rest is empty, which
/// networks take for a strength of 1 and the interval [0, 1].
Condition condition_of(const LoadedModel& model, const GuidanceRequest& request, std::uint64_t seed,
                       std::int64_t count, std::int64_t first = 0);
/// Guidance from outside, where the network knows none and the request asks for some.
SecondPass second_pass_of(const LoadedModel& model, const GuidanceRequest& request, std::int64_t count);

}  // namespace mf

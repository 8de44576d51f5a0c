// SPDX-License-Identifier: MIT
#include "generate/guidance.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "models/mit.hpp"

namespace mf {
namespace {

/// Element i of a list that holds one number for all samples or one for each.
double number_of(const std::vector<double>& values, std::int64_t i, double otherwise) {
    if (values.empty()) return otherwise;
    return values[values.size() == 1 ? 0 : static_cast<std::size_t>(i)];
}

void check_size(const std::vector<double>& values, std::int64_t count) {
    if (values.size() > 1 && std::ssize(values) != count)
        throw UsageError(
            fmt::format("--omega or --interval: {} numbers for {} samples", values.size(), count),
            "give one, or one for each sample");
}

Tensor column(const std::vector<double>& values, std::int64_t count, double otherwise) {
    Tensor out({count, 1}, DType::f32);
    for (std::int64_t i = 0; i < count; ++i)
        out.f32()[i] = static_cast<float>(number_of(values, i, otherwise));
    return out;
}

std::vector<float> numbers(const std::vector<double>& values, std::int64_t count, double otherwise) {
    std::vector<float> out;
    for (std::int64_t i = 0; i < count; ++i)
        out.push_back(static_cast<float>(number_of(values, i, otherwise)));
    return out;
}

bool all_are(const std::vector<double>& values, double value) {
    return std::ranges::all_of(values, [&](double one) { return one == value; });
}

bool is_whole(const GuidanceRequest& request) {
    return all_are(request.t_min, 0) && all_are(request.t_max, 1);
}

std::string shown(const std::vector<double>& values) { return fmt::format("{:g}", fmt::join(values, ",")); }

std::string interval_words(const GuidanceRequest& request) {
    return fmt::format("--interval {}",
                       shown({number_of(request.t_min, 0, 0), number_of(request.t_max, 0, 1)}));
}

void check_strength(const LoadedModel& model, const GuidanceAbility& ability,
                    const GuidanceRequest& request) {
    for (const double omega : request.omega)
        if (!(omega > 0))
            throw UsageError(fmt::format("--omega must be above 0, got {:g}", omega),
                             "--labels none draws without a class; --omega 1 is no guidance");
    if (ability.kind == GuidanceKind::fixed && !all_are(request.omega, ability.omega))
        throw UsageError(
            fmt::format(
                "--omega {}: this network was trained with one guidance strength, {:g}, and has no other",
                shown(request.omega), ability.omega),
            "leave --omega out; objective.guidance=flexible learns all strengths");
    if (ability.kind == GuidanceKind::none && !all_are(request.omega, 1))
        throw UsageError(fmt::format("--omega {}: {}", shown(request.omega), ability.why),
                         "leave --omega out");
    const bool by_class = ability.kind == GuidanceKind::inputs || ability.kind == GuidanceKind::second_pass;
    if (by_class && is_unlabelled(model, request.labels) && !all_are(request.omega, 1))
        throw UsageError(fmt::format("--omega {} with --labels none: there is no class to be guided to",
                                     shown(request.omega)),
                         "leave one of the two out");
}

std::string why_no_interval(const GuidanceAbility& ability) {
    if (ability.kind == GuidanceKind::none) return ability.why;
    return "this network was trained without guidance intervals";
}

}  // namespace

// Of the networks only the in-context transformer has tokens for them.
const char* name_of(GuidanceKind kind) {
    switch (kind) {
        case GuidanceKind::inputs:
            return "inputs";
        case GuidanceKind::fixed:
            return "fixed";
        case GuidanceKind::second_pass:
            return "second_pass";
        case GuidanceKind::none:
            break;
    }
    return "none";
}

bool takes_guidance(const VelocityModel& model) { return dynamic_cast<const Mit*>(&model) != nullptr; }

GuidanceAbility guidance_ability(const Settings& settings, const SampleKind& sample,
                                 const VelocityModel& model) {
    GuidanceAbility out;
    if (sample.classes == 0) {
        out.why = "this network has no classes to be guided to";
        return out;
    }
    const std::string kind =
        settings.has("objective.guidance") ? settings.text("objective.guidance") : "none";
    const bool inputs = takes_guidance(model) && (kind == "flexible" || kind == "fixed");
    out.interval = inputs && settings.flag("objective.interval");
    if (kind == "fixed") {
        out.kind = GuidanceKind::fixed;
        out.omega = settings.real("objective.omega");
    } else if (kind == "flexible" && inputs) {
        out.kind = GuidanceKind::inputs;
        out.omega = settings.real("objective.omega_max");
    } else if (kind == "flexible") {
        out.why =
            fmt::format("a network of model.name={} has no input for the strength (it learnt a mean of all)",
                        settings.text("model.name"));
    } else if (settings.has("objective.class_dropout") && settings.real("objective.class_dropout") == 0) {
        out.why = "guidance needs the null class, which was never trained (objective.class_dropout=0)";
    } else {
        out.kind = GuidanceKind::second_pass;
        out.interval = true;
    }
    return out;
}

GuidanceRequest with_recommended(const LoadedModel& model, GuidanceRequest request, int steps,
                                 const Remarks& remarks) {
    const GuidanceAbility ability = guidance_ability(model);
    const bool whole = !request.omega.empty() && !request.t_min.empty();
    if (model.recommended.empty() || whole || ability.kind != GuidanceKind::inputs || !ability.interval ||
        is_unlabelled(model, request.labels))
        return request;
    RecommendedGuidance taken = model.recommended.front();
    for (const RecommendedGuidance& one : model.recommended)
        if (one.steps <= steps) taken = one;
    const bool strength = request.omega.empty(), interval = request.t_min.empty();
    // A strength of 1 is no guidance, whatever the interval.
    if (!strength && all_are(request.omega, 1)) return request;
    if (strength) request.omega = {taken.omega};
    if (interval) request.t_min = {taken.t_min}, request.t_max = {taken.t_max};
    tell(remarks, fmt::format("{}{}{} {} recommended for {} in {} step{}",
                              strength ? fmt::format("--omega {:g}", taken.omega) : "",
                              strength && interval ? " " : "",
                              interval ? fmt::format("--interval {:g},{:g}", taken.t_min, taken.t_max) : "",
                              strength && interval ? "are what is" : "is what is",
                              model.architecture.empty() ? "these weights" : model.architecture, taken.steps,
                              taken.steps == 1 ? "" : "s"));
    return request;
}

void check_guidance(const LoadedModel& model, const GuidanceRequest& request) {
    const GuidanceAbility ability = guidance_ability(model);
    check_strength(model, ability, request);
    if (is_whole(request)) return;
    if (!ability.interval)
        throw UsageError(fmt::format("{}: {}", interval_words(request), why_no_interval(ability)),
                         "leave --interval out");
    if (ability.kind == GuidanceKind::second_pass && all_are(request.omega, 1))
        throw UsageError(
            fmt::format("{} with a strength of 1: there is no guidance to be kept in an interval",
                        interval_words(request)),
            "add --omega, for example --omega 2");
    if (is_unlabelled(model, request.labels))
        throw UsageError(fmt::format("{} with --labels none: without a class there is no guidance",
                                     interval_words(request)),
                         "leave one of the two out");
}

GuidanceRequest acting_part(const LoadedModel& model, GuidanceRequest request) {
    const GuidanceAbility ability = guidance_ability(model);
    if (ability.kind == GuidanceKind::none || ability.kind == GuidanceKind::fixed) request.omega.clear();
    const bool unguided = ability.kind == GuidanceKind::second_pass && all_are(request.omega, 1);
    if (!ability.interval || unguided) request.t_min.clear(), request.t_max.clear();
    return request;
}

std::vector<std::string> guidance_remarks(const LoadedModel& model, const GuidanceRequest& request,
                                          const std::vector<double>& asked) {
    const GuidanceAbility ability = guidance_ability(model);
    std::vector<std::string> out;
    if (ability.kind == GuidanceKind::inputs && std::ranges::any_of(request.omega, [&](double w) {
            const bool recommended = std::ranges::find(model.recommended, w, &RecommendedGuidance::omega) !=
                                     model.recommended.end();
            return (w < 1 || w > ability.omega) && !recommended;
        }))
        out.push_back(fmt::format("--omega {}: this network was trained with strengths from 1 to {:g}",
                                  shown(request.omega), ability.omega));
    const bool outside = std::ranges::any_of(request.t_min, [](double t) { return t > 0.5; }) ||
                         std::ranges::any_of(request.t_max, [](double t) { return t < 0.5; });
    if (ability.interval && ability.kind != GuidanceKind::second_pass && outside)
        out.push_back(fmt::format("{}: in training it began in [0, 0.5] and ended in [0.5, 1]",
                                  interval_words(request)));
    if (ability.kind == GuidanceKind::second_pass && !all_are(request.omega, 1)) {
        const double from = number_of(request.t_min, 0, 0), to = number_of(request.t_max, 0, 1);
        if (request.t_min.size() <= 1 &&
            std::ranges::none_of(asked, [&](double t) { return t >= from && t <= to; }))
            out.push_back(
                fmt::format("{}: with {} the network is asked at no time in it, so nothing is guided",
                            interval_words(request), asked.size() == 1 ? "one step" : "these steps"));
        if (model.settings.has("objective.guidance") && model.settings.text("objective.guidance") == "mix")
            out.push_back(
                fmt::format("--omega {} comes on top of the guidance that this network was trained with "
                            "(objective.guidance=mix)",
                            shown(request.omega)));
    }
    const bool no_null =
        model.settings.has("objective.class_dropout") && model.settings.real("objective.class_dropout") == 0;
    if (model.sample.classes > 0 && is_unlabelled(model, request.labels) && no_null)
        out.emplace_back("--labels none: the null class was never trained (objective.class_dropout=0)");
    return out;
}

std::string left_out_labels(const LoadedModel& model, const std::string& words, std::uint64_t seed,
                            std::int64_t count) {
    // Balanced labels come round after all classes; random ones and none at all leave nothing out.
    const std::int64_t round = is_balanced(model, words) ? model.sample.classes : listed_labels(model, words);
    if (count >= round) return "";
    const std::vector<std::int32_t> labels = labels_of(model, words, seed, round);
    const std::set<std::int32_t> drawn(labels.begin(), labels.begin() + count),
        all(labels.begin(), labels.end());
    std::vector<std::string> missing;
    for (const std::int32_t label : all)
        if (!drawn.contains(label)) missing.push_back(label_name(model, label));
    if (missing.empty()) return "";
    const std::size_t most = 5, more = missing.size() > most ? missing.size() - most : 0;
    missing.resize(missing.size() - more);
    return fmt::format("{} sample{} for {} labels: {}{} left out", count, count == 1 ? "" : "s", all.size(),
                       fmt::join(missing, ", "),
                       more > 0              ? fmt::format(" and {} more are", more)
                       : missing.size() == 1 ? " is"
                                             : " are");
}

Condition condition_of(const LoadedModel& model, const GuidanceRequest& request, std::uint64_t seed,
                       std::int64_t count, std::int64_t first) {
    for (const auto* list : {&request.omega, &request.t_min, &request.t_max}) check_size(*list, count);
    const std::vector<std::int32_t> labels = labels_of(model, request.labels, seed, count, first);
    if (labels.empty()) return {};
    const GuidanceAbility ability = guidance_ability(model);
    Condition out;
    out.labels = Tensor({count}, DType::i32);
    std::ranges::copy(labels, static_cast<std::int32_t*>(out.labels.raw()));
    if (ability.kind == GuidanceKind::inputs) out.omega = column(request.omega, count, 1);
    if (ability.kind == GuidanceKind::fixed) out.omega = column({}, count, ability.omega);
    if (ability.interval && ability.kind != GuidanceKind::second_pass) {
        out.t_min = column(request.t_min, count, 0);
        out.t_max = column(request.t_max, count, 1);
    }
    return out;
}

SecondPass second_pass_of(const LoadedModel& model, const GuidanceRequest& request, std::int64_t count) {
    if (guidance_ability(model).kind != GuidanceKind::second_pass || all_are(request.omega, 1)) return {};
    return {.omega = numbers(request.omega, count, 1),
            .t_min = numbers(request.t_min, count, 0),
            .t_max = numbers(request.t_max, count, 1),
            .null_label = static_cast<std::int32_t>(model.sample.classes)};
}

}  // namespace mf

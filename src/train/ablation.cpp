// SPDX-License-Identifier: MIT
#include "train/ablation.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "train/make_model.hpp"

namespace mf {
namespace {

enum class Needs { nothing, classes, images };

struct Row {
    const char* group;
    const char* name;
    const char* words;
    std::vector<std::pair<std::string, std::string>> changes;
    Needs needs = Needs::nothing;
};

/// mf's loss on u and imf's loss on V have one and the same residual (docs/maths.md, section 3), so what separates them
/// is the tangent.
const std::vector<Row>& rows() {
    static const std::vector<Row> all = {
        {"tangent", "velocity", "tangent e - x, as in mf", {{"objective.tangent", "velocity"}}},
        {"tangent", "self", "tangent u(z,t,t), imf with the boundary", {{"objective.tangent", "self"}}},
        {"tangent",
         "head",
         "tangent v head, imf with a second head",
         {{"objective.tangent", "head"}, {"model.v_head", "true"}}},
        {"guidance", "none", "no guidance in training", {{"objective.guidance", "none"}}, Needs::classes},
        {"guidance",
         "fixed",
         "one guidance strength, 2",
         {{"objective.guidance", "fixed"}, {"objective.omega", "2"}},
         Needs::classes},
        {"guidance",
         "flexible",
         "strength as an input",
         {{"objective.guidance", "flexible"}},
         Needs::classes},
        {"guidance",
         "no_interval",
         "strength as an input, without intervals",
         {{"objective.guidance", "flexible"}, {"objective.interval", "false"}},
         Needs::classes},
        {"condition",
         "in_context",
         "mit: conditions are tokens; no guidance, no v head",
         {{"model.name", "mit"}, {"objective.tangent", "self"}, {"objective.guidance", "none"}},
         Needs::images},
        {"condition",
         "ada_ln",
         "dit: conditions modulate the norms; no guidance, no v head",
         {{"model.name", "dit"}, {"objective.tangent", "self"}, {"objective.guidance", "none"}},
         Needs::images},
        {"weight", "none", "plain squared loss", {{"loss.weight", "none"}}},
        {"weight", "adaptive", "adaptive weights, p = 1", {{"loss.weight", "adaptive"}, {"loss.p", "1"}}},
        {"equal", "0", "no rows with r = t", {{"times.equal_share", "0"}}},
        {"equal", "0.25", "a quarter of the rows with r = t", {{"times.equal_share", "0.25"}}},
        {"equal", "0.5", "half of the rows with r = t", {{"times.equal_share", "0.5"}}},
        {"equal", "0.75", "three quarters of the rows with r = t", {{"times.equal_share", "0.75"}}},
    };
    return all;
}

std::string name_of(const Row& row) { return fmt::format("{}/{}", row.group, row.name); }

void check_names(const std::vector<std::string>& only) {
    std::vector<std::string> known = {"base"};
    for (const Row& row : rows()) {
        if (std::ranges::find(known, row.group) == known.end()) known.emplace_back(row.group);
        known.push_back(name_of(row));
    }
    for (const std::string& word : only)
        if (std::ranges::find(known, word) == known.end())
            throw UsageError(fmt::format("--only: there is no row or group '{}'", word),
                             fmt::format("there are {}", fmt::join(known, ", ")));
}

/// Why these settings make no run, or "". The network is built once, since it knows best what it cannot do.
std::string obstacle(const Variant& variant, const SampleKind& sample) {
    try {
        make_model(variant.settings, sample);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

Variant variant_of(const Row& row, const std::vector<ConfigItem>& items, const SampleKind& sample) {
    Variant out{name_of(row), row.words, row.changes, {}, "", ""};
    if (row.needs == Needs::classes && sample.classes == 0) out.why_not = "these data have no classes";
    if (row.needs == Needs::images && sample.shape.rank() != 3) out.why_not = "these data are no images";
    if (!out.why_not.empty()) return out;
    std::vector<ConfigItem> changed = items;
    for (const auto& [key, value] : row.changes) changed.push_back({key, value, row.group});
    try {
        out.settings = resolve(changed);
        out.why_not = obstacle(out, sample);
    } catch (const UsageError& error) {
        out.why_not = error.what();
    }
    return out;
}

}  // namespace

std::vector<Variant> ablation(const std::vector<ConfigItem>& items, const std::vector<std::string>& only,
                              int threads) {
    check_names(only);
    Variant base{"base", "the configuration as it is", {}, resolve(items), "", ""};
    const SampleKind sample = kind_of(*make_dataset(base.settings, {.threads = threads}));
    make_model(base.settings, sample);
    check_usage(base.settings.has("objective.tangent"),
                "ablate is about mf and imf; this configuration has objective.name={}",
                base.settings.text("objective.name"));
    std::vector<Variant> out = {std::move(base)};
    for (const Row& row : rows()) {
        const bool wanted = only.empty() || std::ranges::find(only, row.group) != only.end() ||
                            std::ranges::find(only, name_of(row)) != only.end();
        if (!wanted) continue;
        Variant variant = variant_of(row, items, sample);
        for (const Variant& before : out)
            if (variant.why_not.empty() && before.why_not.empty() && variant.same_as.empty() &&
                before.settings == variant.settings)
                variant.same_as = before.name;
        out.push_back(std::move(variant));
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> ablation_groups() {
    std::vector<std::pair<std::string, std::string>> out;
    for (const Row& row : rows()) {
        if (out.empty() || out.back().first != row.group) out.emplace_back(row.group, "");
        out.back().second += (out.back().second.empty() ? "" : ", ") + std::string(row.name);
    }
    return out;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "generate/idle_keys.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "generate/guidance.hpp"

namespace mf {
namespace {

/// 1e-3 and 0.001 are one value, and so are yes and true.
bool is_default(const Option& option, const std::string& text) {
    Settings given({option}), initial({option});
    given.set(option.key, text);
    switch (option.kind) {
        case OptionKind::flag:
            return given.flag(option.key) == initial.flag(option.key);
        case OptionKind::integer:
            return given.integer(option.key) == initial.integer(option.key);
        case OptionKind::real:
            return given.real(option.key) == initial.real(option.key);
        case OptionKind::reals:
            return given.reals(option.key) == initial.reals(option.key);
        case OptionKind::integers:
            return given.integers(option.key) == initial.integers(option.key);
        default:
            return text == option.initial;
    }
}

/// What the rules look at.
struct Facts {
    const Settings& settings;
    const SampleKind& sample;
    GuidanceAbility guidance;

    bool is(const char* key, const char* value) const {
        return settings.has(key) && settings.text(key) == value;
    }
    bool zero(const char* key) const { return settings.has(key) && settings.integer(key) == 0; }
    bool images() const { return sample.shape.rank() == 3; }
    bool classes() const { return sample.classes > 0; }
    bool guided() const { return settings.has("objective.guidance") && !is("objective.guidance", "none"); }
};

/// Without a case in which the reason holds, the keys act.
struct Rule {
    std::vector<const char*> keys;
    bool (*holds)(const Facts&);
    const char* reason;
};

const std::vector<Rule>& rules_of_training() {
    static const std::vector<Rule> rules = {
        {{"times.mean", "times.std"},
         [](const Facts& f) { return f.is("times.name", "uniform"); },
         "times.name=uniform"},
        {{"times.single_equal"},
         [](const Facts& f) { return f.settings.real("times.equal_share") == 0; },
         "times.equal_share=0"},
        {{"times.equal_share", "times.single_equal", "times.whole_share"},
         [](const Facts& f) { return f.is("objective.name", "fm"); },
         "objective.name=fm has one time a row"},
        {{"loss.p", "loss.p_end", "loss.c"},
         [](const Facts& f) { return f.is("loss.weight", "none"); },
         "loss.weight=none"},
        {{"schedule.floor"},
         [](const Facts& f) { return f.is("schedule.name", "constant") && f.zero("schedule.cooldown"); },
         "schedule.name=constant without schedule.cooldown"},
        {{"ema.warmup"},
         [](const Facts& f) { return f.settings.texts("ema.decays").empty(); },
         "there are no ema.decays"},
        {{"train.recompute"},
         [](const Facts& f) { return f.is("model.name", "mlp"); },
         "model.name=mlp has no blocks"},
        {{"objective.references"},
         [](const Facts& f) { return f.is("objective.target", "sample"); },
         "objective.target=sample"},
        {{"model.v_head"},
         [](const Facts& f) {
             return f.settings.has("model.v_head") && f.settings.flag("model.v_head") &&
                    !f.is("objective.tangent", "head");
         },
         "only objective.tangent=head trains it"},
    };
    return rules;
}

const std::vector<Rule>& rules_of_guidance() {
    static const auto other = [](const Facts& f, const char* kind) {
        return f.classes() && !f.is("objective.guidance", kind);
    };
    static const std::vector<Rule> rules = {
        {{"objective.guidance", "objective.class_dropout", "objective.drop", "objective.omega_max",
          "objective.beta", "objective.omega", "objective.kappa", "objective.t_start", "objective.t_end",
          "objective.interval", "objective.saving"},
         [](const Facts& f) { return !f.classes(); },
         "these data have no classes"},
        {{"objective.omega_max", "objective.beta"},
         [](const Facts& f) { return other(f, "flexible"); },
         "it is for objective.guidance=flexible"},
        {{"objective.omega"},
         [](const Facts& f) { return other(f, "fixed") && other(f, "mix"); },
         "it is for objective.guidance=fixed or mix"},
        {{"objective.kappa", "objective.t_start", "objective.t_end"},
         [](const Facts& f) { return other(f, "mix"); },
         "it is for objective.guidance=mix"},
        {{"objective.interval"},
         [](const Facts& f) { return other(f, "flexible") && other(f, "fixed"); },
         "it is for objective.guidance=flexible or fixed"},
        {{"objective.saving"},
         [](const Facts& f) { return f.classes() && !f.guided(); },
         "objective.guidance=none"},
        {{"objective.drop"},
         [](const Facts& f) {
             return f.classes() && f.settings.has("objective.class_dropout") &&
                    f.settings.real("objective.class_dropout") == 0;
         },
         "objective.class_dropout=0"},
    };
    return rules;
}

const std::vector<Rule>& rules_of_the_run() {
    static const std::vector<Rule> rules = {
        {{"sample.count", "sample.steps", "sample.omega", "sample.interval"},
         [](const Facts& f) { return f.zero("sample.every"); },
         "sample.every=0"},
        {{"diagnose.count"}, [](const Facts& f) { return f.zero("diagnose.every"); }, "diagnose.every=0"},
        {{"evaluate.count", "evaluate.images", "evaluate.judge", "evaluate.omega", "evaluate.interval",
          "evaluate.steps"},
         [](const Facts& f) { return f.zero("evaluate.every"); },
         "evaluate.every=0"},
        {{"evaluate.images", "evaluate.judge", "evaluate.omega", "evaluate.interval", "sample.omega",
          "sample.interval"},
         [](const Facts& f) { return !f.images(); },
         "it is for images"},
        {{"evaluate.count"}, [](const Facts& f) { return f.images(); }, "evaluate.images is for images"},
    };
    return rules;
}

/// Strength and interval of pictures or evaluations that are made.
void add_guidance(std::vector<std::string>& out, const Facts& facts, const std::string& room) {
    if (!facts.images() || facts.zero((room + ".every").c_str())) return;
    const GuidanceRequest wanted = guidance_of_keys(facts.settings, room);
    const double omega = wanted.omega[0];
    const std::string key = fmt::format("{}.omega={:g}", room, omega);
    const GuidanceAbility& ability = facts.guidance;
    if (ability.kind == GuidanceKind::none && omega != 1)
        out.push_back(fmt::format("{} has no effect: {}", key, ability.why));
    if (ability.kind == GuidanceKind::fixed && omega != 1 && omega != ability.omega)
        out.push_back(fmt::format("{} has no effect: objective.guidance=fixed has one strength, {:g}", key,
                                  ability.omega));
    if (ability.kind == GuidanceKind::inputs && (omega < 1 || omega > ability.omega))
        out.push_back(fmt::format("{} lies outside of what is trained: 1 to objective.omega_max={:g}", key,
                                  ability.omega));
    if (wanted.t_min[0] == 0 && wanted.t_max[0] == 1) return;
    const std::string interval = fmt::format("{}.interval={:g},{:g}", room, wanted.t_min[0], wanted.t_max[0]);
    if (!ability.interval)
        out.push_back(
            fmt::format("{} has no effect: {}", interval,
                        ability.kind == GuidanceKind::none ? ability.why : "no intervals are trained"));
    else if (ability.kind == GuidanceKind::second_pass && omega == 1)
        out.push_back(fmt::format("{} has no effect: {} is no guidance", interval, key));
    else if (ability.kind != GuidanceKind::second_pass && (wanted.t_min[0] > 0.5 || wanted.t_max[0] < 0.5))
        out.push_back(fmt::format(
            "{} lies outside of what is trained: beginnings in [0, 0.5], ends in [0.5, 1]", interval));
}

}  // namespace

std::vector<std::string> idle_keys(const Settings& settings, const SampleKind& sample,
                                   const VelocityModel& model) {
    const Facts facts{settings, sample, guidance_ability(settings, sample, model)};
    std::vector<std::string> out, named;
    const auto items = settings.items();
    for (const auto* rules : {&rules_of_training(), &rules_of_guidance(), &rules_of_the_run()})
        for (const Rule& rule : *rules) {
            if (!rule.holds(facts)) continue;
            for (const char* key : rule.keys) {
                const auto option = std::ranges::find(settings.table(), key, &Option::key);
                if (option == settings.table().end() || std::ranges::find(named, key) != named.end())
                    continue;
                const std::string& value =
                    items[static_cast<std::size_t>(option - settings.table().begin())].second;
                if (is_default(*option, value)) continue;
                named.emplace_back(key);
                out.push_back(fmt::format("{}={} has no effect: {}", key, value, rule.reason));
            }
        }
    if (settings.has("objective.guidance") && settings.text("objective.guidance") == "flexible" &&
        sample.classes > 0 && !takes_guidance(model))
        out.push_back(fmt::format(
            "objective.guidance=flexible: a network of model.name={} has no input for the strength and "
            "learns a mean of all",
            settings.text("model.name")));
    for (const char* room : {"sample", "evaluate"}) add_guidance(out, facts, room);
    return out;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "generate/conditions.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/rng.hpp"
#include "data/class_words.hpp"

namespace mf {
namespace {

enum class LabelRule { balanced, random, none, list };

/// What the words of a request mean for a model with classes.
struct LabelChoice {
    LabelRule rule = LabelRule::list;
    std::vector<std::int32_t> list;
    std::vector<std::string> remarks;
};

LabelChoice choice_of(const LoadedModel& model, const std::string& words) {
    const auto is_class = [&](std::string_view word) {
        return std::ranges::find(model.class_names, word) != model.class_names.end();
    };
    LabelChoice out;
    constexpr std::pair<std::string_view, LabelRule> keywords[] = {
        {kBalanced, LabelRule::balanced}, {":random", LabelRule::random}, {":none", LabelRule::none}};
    for (const auto& [keyword, rule] : keywords) {
        const bool bare = words == keyword.substr(1);
        if (is_class(words) || (words != keyword && !bare)) {
            if (bare)
                out.remarks.push_back(fmt::format(
                    "--labels {} is taken for the class of that name; {} is the keyword", words, keyword));
            continue;
        }
        return {rule, {}, {}};
    }
    MeantClasses meant = meant_classes(words, {model.class_names, model.sample.classes, true}, "--labels");
    check_usage(!meant.labels.empty(), "--labels is empty");
    std::ranges::copy(meant.remarks, std::back_inserter(out.remarks));
    out.list = std::move(meant.labels);
    return out;
}

}  // namespace

GuidanceRequest guidance_of_keys(const Settings& settings, const std::string& room) {
    const std::vector<double> interval = settings.reals(room + ".interval");
    if (interval.size() != 2 || interval[0] > interval[1])
        throw UsageError(fmt::format("{}.interval wants two times, the smaller first", room),
                         fmt::format("for example {}.interval=0.3,0.7", room));
    const double omega = settings.real(room + ".omega");
    if (!(omega > 0))
        throw UsageError(fmt::format("{}.omega must be above 0, got {:g}", room, omega),
                         fmt::format("{}.omega=1 is no guidance", room));
    return {std::string(kBalanced), {omega}, {interval[0]}, {interval[1]}};
}

std::vector<std::int32_t> labels_of(const LoadedModel& model, const std::string& words, std::uint64_t seed,
                                    std::int64_t count, std::int64_t first) {
    const auto classes = static_cast<std::int32_t>(model.sample.classes);
    if (classes == 0) {
        check_usage(is_balanced(model, words) || words == "none" || words == ":none",
                    "--labels: this model has no classes");
        return {};
    }
    const LabelChoice choice = choice_of(model, words);
    std::vector<std::int32_t> out;
    for (std::int64_t i = first; i < first + count; ++i) {
        const auto index = static_cast<std::uint64_t>(i);
        switch (choice.rule) {
            case LabelRule::list:
                out.push_back(choice.list[index % choice.list.size()]);
                break;
            case LabelRule::none:
                out.push_back(classes);
                break;
            case LabelRule::random:
                out.push_back(static_cast<std::int32_t>(philox(seed, Stream::evaluation, index)[0] %
                                                        static_cast<std::uint32_t>(classes)));
                break;
            case LabelRule::balanced:
                out.push_back(static_cast<std::int32_t>(i % classes));
                break;
        }
    }
    return out;
}

std::vector<std::string> label_remarks(const LoadedModel& model, const std::string& words) {
    return model.sample.classes == 0 ? std::vector<std::string>{} : choice_of(model, words).remarks;
}

std::int64_t listed_labels(const LoadedModel& model, const std::string& words) {
    return model.sample.classes == 0 ? 0 : static_cast<std::int64_t>(choice_of(model, words).list.size());
}

bool is_unlabelled(const LoadedModel& model, const std::string& words) {
    const auto named = std::ranges::find(model.class_names, words);
    return named == model.class_names.end() && (words == ":none" || words == "none");
}

bool is_balanced(const LoadedModel& model, const std::string& words) {
    const auto named = std::ranges::find(model.class_names, words);
    return named == model.class_names.end() && (words == kBalanced || words == kBalanced.substr(1));
}

std::string label_name(const LoadedModel& model, std::int32_t label) {
    const auto at = static_cast<std::size_t>(label);
    if (at < model.class_names.size()) return model.class_names[at];
    return label >= model.sample.classes ? "none" : std::to_string(label);
}

}  // namespace mf

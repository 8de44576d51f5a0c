// SPDX-License-Identifier: MIT
#include "generate/conditions.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/rng.hpp"

namespace mf {
namespace {

std::int32_t parse_label(const LoadedModel& model, const std::string& word) {
    const auto named = std::ranges::find(model.class_names, word);
    if (named != model.class_names.end()) return static_cast<std::int32_t>(named - model.class_names.begin());
    std::int32_t label = -1;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), label);
    if (error != std::errc{} || end != word.data() + word.size() || label < 0 ||
        label >= model.sample.classes)
        throw UsageError(fmt::format("--labels: '{}' is no class of this model; it has 0 to {}", word,
                                     model.sample.classes - 1),
                         model.class_names.empty()
                             ? ""
                             : fmt::format("its classes are {}", fmt::join(model.class_names, ", ")));
    return label;
}

Tensor column(const std::vector<double>& values, std::int64_t count, double otherwise) {
    check_usage(values.size() <= 1 || values.size() == static_cast<std::size_t>(count),
                "guidance: {} numbers for {} samples; give one, or one for each", values.size(), count);
    Tensor out({count, 1}, DType::f32);
    for (std::int64_t i = 0; i < count; ++i)
        out.f32()[i] = static_cast<float>(values.empty()       ? otherwise
                                          : values.size() == 1 ? values[0]
                                                               : values[static_cast<std::size_t>(i)]);
    return out;
}

}  // namespace

std::vector<std::int32_t> labels_of(const LoadedModel& model, const std::string& words, std::uint64_t seed,
                                    std::int64_t count) {
    const auto classes = static_cast<std::int32_t>(model.sample.classes);
    if (classes == 0) {
        check_usage(words == "balanced" || words == "none", "--labels: this model has no classes");
        return {};
    }
    std::vector<std::int32_t> list;
    if (words != "balanced" && words != "random" && words != "none") {
        for (const std::string& word : split_list(words)) list.push_back(parse_label(model, word));
        check_usage(!list.empty(), "--labels is empty");
    }
    std::vector<std::int32_t> out;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto index = static_cast<std::uint64_t>(i);
        if (!list.empty())
            out.push_back(list[index % list.size()]);
        else if (words == "none")
            out.push_back(classes);
        else if (words == "random")
            out.push_back(static_cast<std::int32_t>(philox(seed, Stream::evaluation, index)[0] %
                                                    static_cast<std::uint32_t>(classes)));
        else
            out.push_back(static_cast<std::int32_t>(i % classes));
    }
    return out;
}

Condition condition_of(const LoadedModel& model, const GuidanceRequest& request, std::uint64_t seed,
                       std::int64_t count) {
    const std::vector<std::int32_t> labels = labels_of(model, request.labels, seed, count);
    if (labels.empty()) return {};
    Condition out{.labels = Tensor({count}, DType::i32),
                  .omega = column(request.omega, count, 1),
                  .t_min = column(request.t_min, count, 0),
                  .t_max = column(request.t_max, count, 1)};
    std::ranges::copy(labels, static_cast<std::int32_t*>(out.labels.raw()));
    return out;
}

std::string label_name(const LoadedModel& model, std::int32_t label) {
    const auto at = static_cast<std::size_t>(label);
    if (at < model.class_names.size()) return model.class_names[at];
    return label >= model.sample.classes ? "none" : std::to_string(label);
}

}  // namespace mf

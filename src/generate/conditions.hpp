// SPDX-License-Identifier: MIT
// Labels and guidance of samples: what --labels, --omega and --interval mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nn/velocity_model.hpp"
#include "train/checkpoint.hpp"

namespace mf {

/// The keywords of --labels with a colon before them mean the same, whatever the classes are called.
constexpr std::string_view kBalanced = ":balanced";

/// Guidance of one call, or of every sample: lists hold one number or one for each sample.
struct GuidanceRequest {
    std::string labels{
        kBalanced};             ///< balanced, random, none, or class names or numbers (data/class_words.hpp)
    std::vector<double> omega;  ///< empty: not asked for
    std::vector<double> t_min, t_max;  ///< empty: not asked for
};

/// `room`.omega and `room`.interval of a run ("sample", "evaluate"), with balanced labels. UsageError when they are no
/// strength and no interval.
GuidanceRequest guidance_of_keys(const Settings& settings, const std::string& room);

/// Labels of samples first .. first + count - 1: sample i has the same whatever else is drawn. balanced: i mod classes;
/// random: a function of (seed, i); a list is repeated. A class of that name wins over a keyword. Empty when the model has
/// no classes. UsageError on a label that the model does not have.
std::vector<std::int32_t> labels_of(const LoadedModel& model, const std::string& words, std::uint64_t seed,
                                    std::int64_t count, std::int64_t first = 0);
/// Where these words could have meant something else: a line each.
std::vector<std::string> label_remarks(const LoadedModel& model, const std::string& words);
/// True when they mean every class in turn.
bool is_balanced(const LoadedModel& model, const std::string& words);
/// True when they mean the null class.
bool is_unlabelled(const LoadedModel& model, const std::string& words);
/// How many labels they list; 0 for a keyword.
std::int64_t listed_labels(const LoadedModel& model, const std::string& words);
/// Name of a label, or its number; "none" for the null class.
std::string label_name(const LoadedModel& model, std::int32_t label);

}  // namespace mf

// SPDX-License-Identifier: MIT
// What the drawings have in common.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "generate/sampling.hpp"
#include "serve/drawing.hpp"
#include "serve/recipe.hpp"

namespace mf::serve {

/// Samples of a request, in pieces between which `stop` is asked.
struct Drawing {
    SampleRequest request;             ///< as it was drawn
    std::vector<float> values;         ///< (count, *shown_shape)
    std::vector<std::int32_t> labels;  ///< of each; empty where there are no classes
    std::vector<std::string> remarks;
    double ms = 0;
};

/// The words of --labels. UsageError for a class that the model does not have.
std::string label_words(const LoadedModel& model, const LabelsAsk& labels);
/// Words for these labels, a class each; ":none" where they are no class.
std::string words_of(const LoadedModel& model, const std::vector<std::int32_t>& labels);
/// The request without omega and interval lists of its own. HttpError 413 when its samples would be too many numbers.
SampleRequest request_of(const LoadedModel& model, const DrawAsk& ask, std::int64_t count,
                         const AskLimits& limits);
/// How many samples the request asks for, or what is usual.
std::int64_t count_of(const LoadedModel& model, const DrawAsk& ask);
Drawing drawn(const Studio& studio, const LoadedModel& model, SampleRequest request);
/// UsageError unless the samples are pictures.
void check_pictures(const LoadedModel& model, const std::string& format);

/// How pictures become an answer.
struct SheetPlan {
    std::string format;  ///< png, sheet, pictures
    std::int64_t columns = 0, zoom = 0;
    Recipe recipe;
    std::string request;         ///< as it came, for the text of a PNG
    Json more = Json::object();  ///< keys of a JSON answer besides those that all have
};
Answer picture_answer(const LoadedModel& model, const std::string& name, const Drawing& drawing,
                      const SheetPlan& plan);
/// The keys that all JSON answers have.
Json common_keys(const LoadedModel& model, const std::string& name, const Drawing& drawing);

}  // namespace mf::serve

// SPDX-License-Identifier: MIT
// How well images match their data set: of runs, weights and files of samples.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "judge/evaluation.hpp"
#include "judge/generated.hpp"
#include "judge/judge.hpp"
#include "metrics/image_scores.hpp"

namespace mf {

struct ImageResult {
    EvalSource of;
    ImageScores scores;
};

/// True when `target` is a run or checkpoint whose samples are images, a file with an array of images (n, H, W, C), or a
/// folder of pictures.
bool is_about_images(const std::string& target);

/// Scores one target after the other against real images, which are made ready once for targets of one data set.
///
///     ImageEval eval("judge.safetensors", {.steps = {1, 4}}, team);
///     eval.add("runs/shapes");
///     for (const ImageResult& result : eval.results()) ...
class ImageEval {
  public:
    /// `judge`: the file of a judge, whose features and classes are used; empty: pixels alone.
    ImageEval(const std::filesystem::path& judge, EvalRequest request, Team& team);

    /// A result for each of request.steps (1 when there are none) of 2000 samples of a run, checkpoint or file of weights;
    /// one of a file of samples or a folder of pictures (judge/generated.hpp), all of it or the first request.count. Images
    /// are judged as a picture shows them. UsageError when its samples are no images, or data set or judge do not fit them.
    void add(const std::string& target);

    const std::vector<ImageResult>& results() const { return results_; }
    /// What real images score against other real ones: a row for each data set that was needed.
    const std::vector<ImageResult>& floors() const { return floors_; }
    const std::optional<Judge>& judge() const { return judge_; }

  private:
    const ImageReference& reference_for(const Settings& settings, const DataPlan& plan, std::int64_t count,
                                        const Shape& shape, const std::string& what);
    void check_shape(const Shape& shape, const std::string& what) const;
    std::vector<std::int32_t> labels_for(const GeneratedImages& images, const std::string& what) const;
    Settings with_data(Settings settings) const;
    void add_model(const std::string& target);
    void add_images(const std::string& target);

    EvalRequest request_;
    Team& team_;
    std::optional<Judge> judge_;
    std::unique_ptr<ImageReference> reference_;
    std::string key_;  ///< of the data set that the reference is of
    std::string data_name_;
    Shape shape_;                           ///< of its images
    std::vector<std::string> class_names_;  ///< and their classes
    std::vector<ImageResult> results_, floors_;
};

}  // namespace mf

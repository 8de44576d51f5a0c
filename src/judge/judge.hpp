// SPDX-License-Identifier: MIT
// A judge: a trained classifier of images in one safetensors file, with enough words about itself to be used without
// any other file.
//
//   NAME       parameters of the classifier
//   metadata   format, step, settings (JSON), data, sample_shape, classes, class_names, accuracy, held, checksum
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "judge/classifier_trainer.hpp"
#include "models/image_classifier.hpp"

namespace mf {

struct Judge {
    std::filesystem::path path;
    Settings settings;  ///< of its training
    std::int64_t step = 0;
    SampleKind sample;                            ///< what it judges
    std::vector<std::string> class_names;         ///< by label
    double accuracy = 0;                          ///< on held-out images, after training
    std::string held;                             ///< which those were
    std::unique_ptr<ImageClassifier> classifier;  ///< packed for f32
};

/// Atomically. `accuracy`: of the held-out images.
void save_judge(const std::filesystem::path& path, ClassifierTrainer& trainer, double accuracy);
/// Error when the file is missing, is no judge, is damaged, or its tensors are not those of its settings.
Judge load_judge(const std::filesystem::path& path, Team& team);

/// The trainer starts from the judge's weights. UsageError unless it is for the same images and classes and as large.
void start_from(ClassifierTrainer& trainer, const Judge& judge);

/// The judge's label of each class of some data; empty: they are the same.
using JudgeLabels = std::vector<std::int32_t>;

/// UsageError unless the judge is for such samples with these classes, in whatever order. Names are compared where both
/// sides have them; samples without classes fit every judge of their shape.
JudgeLabels check_fits(const Judge& judge, const SampleKind& sample,
                       const std::vector<std::string>& class_names, const std::string& what);

}  // namespace mf

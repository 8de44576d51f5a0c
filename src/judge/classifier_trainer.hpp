// SPDX-License-Identifier: MIT
// Training of the classifier that judges images: AdamW on softmax cross-entropy.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "judge/labelled_images.hpp"
#include "models/image_classifier.hpp"
#include "train/config.hpp"

namespace mf {

/// What one step did.
struct ClassifierReport {
    std::int64_t step = 0;     ///< number of the step just made, from 1
    double loss = 0;           ///< mean over the batch
    double accuracy = 0;       ///< share of the batch that was right, before the step
    double gradient_norm = 0;  ///< before clipping
    double rate = 0;           ///< learning rate used
    bool skipped = false;      ///< loss or gradient was not finite: the weights are as before
};

class ClassifierTrainer {
  public:
    /// `settings` as resolve_classifier gives them. `threads` 0: all cores. `class_order`: see DataPlan.
    ClassifierTrainer(const Settings& settings, int threads,
                      const std::optional<std::vector<std::string>>& class_order = {});
    ~ClassifierTrainer();

    ClassifierReport step();
    /// Starts from these weights, all parameters in the order of the store. Error when there are not as many.
    void load(std::span<const float> weights);
    std::int64_t steps_done() const;
    std::int64_t steps_planned() const;  ///< train.steps
    /// Share of the held-out pictures 0 .. min(count, held) - 1 that the classifier gets right, in f32.
    double held_accuracy(std::int64_t count);

    const LabelledImages& data() const;
    ImageClassifier& classifier();
    const Settings& settings() const;
    Team& team();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Keys besides data.*: seed, precision, train.*, evaluate.*, classifier.*, optim.* and schedule.*.
OptionTable classifier_options();
/// Later items win; data.name says which data.* keys exist. UsageError on an unknown key or a bad value.
Settings resolve_classifier(std::span<const ConfigItem> items);

}  // namespace mf

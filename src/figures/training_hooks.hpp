// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "core/remarks.hpp"
#include "train/training_run.hpp"

namespace mf {

/// sample.*, evaluate.* and diagnose.*: pictures in RUN/samples, numbers in metrics.jsonl. The trainer says what the samples are: a
/// judge of images (evaluate.judge) is loaded now, so that one that does not fit is found before the first step.
TrainingHooks training_hooks(const Settings& settings, const std::filesystem::path& run, Trainer& trainer,
                             const Remarks& remarks);

}  // namespace mf

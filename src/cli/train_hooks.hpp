// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "train/training_run.hpp"

namespace mf::cli {

/// sample.*, evaluate.* and diagnose.*: pictures in RUN/samples, numbers in metrics.jsonl. The trainer says what the samples are: a
/// judge of images (evaluate.judge) is loaded now, so that one that does not fit is found before the first step.
TrainingHooks training_hooks(const Settings& settings, const std::filesystem::path& run, Trainer& trainer);

/// After the last step: RUN/figures/samples.png and a line with its numbers.
void finish_with_picture(const std::filesystem::path& run, Team& team);

}  // namespace mf::cli

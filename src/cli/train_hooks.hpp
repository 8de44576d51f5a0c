// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "train/training_run.hpp"

namespace mf::cli {

/// sample.*, evaluate.* (of points) and diagnose.*: pictures in RUN/samples, numbers in metrics.jsonl.
TrainingHooks training_hooks(const Settings& settings, const std::filesystem::path& run);

/// After the last step: RUN/figures/samples.png and a line with its numbers.
void finish_with_picture(const std::filesystem::path& run, Team& team);

}  // namespace mf::cli

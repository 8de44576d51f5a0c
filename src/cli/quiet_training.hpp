// SPDX-License-Identifier: MIT
// Training as a part of something larger: a progress bar, one line, no tables.
#pragma once

#include <filesystem>
#include <string>

#include "cli/signals.hpp"
#include "core/options.hpp"
#include "train/training_run.hpp"

namespace mf::cli {

/// Trains in `folder` to the end of `settings`, or goes on with what is there, or finds it done. The bar and the line
/// begin with `label`. TrainingEnd::stopped when a signal came.
TrainingEnd train_quietly(const std::filesystem::path& folder, const Settings& settings,
                          const std::string& label, int threads, bool quiet, StopSignals& signals);

}  // namespace mf::cli

// SPDX-License-Identifier: MIT
// Training as a part of something larger: a progress bar, one line, no tables.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "cli/signals.hpp"
#include "core/options.hpp"
#include "judge/judge.hpp"
#include "train/training_run.hpp"

namespace mf::cli {

/// What else the loop does, once the trainer is there.
using HooksFor = std::function<TrainingHooks(Trainer&)>;

/// Trains in `folder` to the end of `settings`, or goes on with what is there, or finds it done. The bar and the line
/// begin with `label`. TrainingEnd::stopped when a signal came.
TrainingEnd train_quietly(const std::filesystem::path& folder, const Settings& settings,
                          const std::string& label, const Machine& machine, bool quiet, StopSignals& signals,
                          const HooksFor& hooks_for = {});

/// Trains a judge into `path`, or finds one of the same settings done (where the data lie may differ). A judge is short:
/// when a signal comes nothing is kept and the next time it begins anew.
TrainingEnd train_judge_quietly(const std::filesystem::path& path, const Settings& settings, int threads,
                                bool quiet, StopSignals& signals);

}  // namespace mf::cli

// SPDX-License-Identifier: MIT
// The loop around Trainer::step: log, metrics, checkpoints, pictures, and stopping in good order.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/options.hpp"
#include "train/run_folder.hpp"
#include "train/trainer.hpp"

namespace mf {

/// What the caller does between steps; empty ones are left out. They see the trainer as it stands.
struct TrainingHooks {
    /// Asked after each step: true ends the loop with a checkpoint.
    std::function<bool()> stop;
    /// A picture of samples at this step (sample.every).
    std::function<void(Trainer&)> sample;
    /// Numbers to be kept in metrics.jsonl (evaluate.every): name and value.
    std::function<std::vector<std::pair<std::string, double>>(Trainer&)> evaluate;
    /// Numbers of the network itself (diagnose.every), kept as "diagnose.NAME".
    std::function<std::vector<std::pair<std::string, double>>(Trainer&)> diagnose;
};

/// How the loop is seen.
struct TrainingView {
    std::string label = "train";  ///< before the progress bar
    bool lines = true;            ///< the start-up table and a line every log.every steps, on standard output
    bool bar = true;              ///< a progress bar, where there is a terminal
    double peak_flops = 0;        ///< measured, to compare with; 0: unknown
    std::vector<std::pair<std::string, std::string>> facts = {};  ///< further rows of the table
};

/// `unsaved`: stopped while steps were being skipped, so that nothing was saved since the last good checkpoint.
enum class TrainingEnd { finished, stopped, unsaved };

/// Steps until train.steps are done, starting from where the trainer is. Saves every save.every steps and at the end,
/// but never while steps are being skipped. Error when train.max_skipped steps in a row were not finite, when the last
/// step was not, or when the weights or what the optimiser remembers are not; its hint names the last good checkpoint,
/// which is pinned, and how to go on from it.
TrainingEnd run_training(Trainer& trainer, RunFolder& folder, const Settings& settings,
                         const TrainingView& view, const TrainingHooks& hooks);

}  // namespace mf

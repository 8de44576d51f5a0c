// SPDX-License-Identifier: MIT
// What may differ between two halves of one run: what only watches, how fast it learns, where its data lie. All else
// makes it another run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/options.hpp"

namespace mf {

/// Lines "optim.lr: 0.003 -> 0.001" of what differs, may differ and changes what is learnt from here on, to be noted
/// in the run; keys that only watch are in no line. `done`: steps of the checkpoint that the run goes on from.
/// UsageError that starts with `path` and names every key that may not change.
std::vector<std::string> allowed_changes(const Settings& before, const Settings& after, std::int64_t done,
                                         const std::filesystem::path& path);

/// The settings with every path (data.path, evaluate.judge) from the root, so that they mean the same from any
/// working directory.
Settings with_absolute_paths(Settings settings);

/// What to type for another try with a tenth of the rates: "optim.lr=0.0001", with optim.muon_lr where there is one.
std::string lower_rates(const Settings& settings);

}  // namespace mf

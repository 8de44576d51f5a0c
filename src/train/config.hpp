// SPDX-License-Identifier: MIT
// From lines of a file and key=value words to a valid value for every key of a run.
//
// Which keys exist depends on four choices: data.name, model.name, objective.name and optim.name. A key that
// belongs to another choice is refused by name instead of being ignored.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.hpp"

namespace mf {

/// One key and value, and where it was written ("toy/imf.yaml:12"; empty: on the command line).
struct ConfigItem {
    std::string key, value, place;
};

/// Keys of a run that the trainer itself does not read: log.*, save.*, sample.*,
/// evaluate.*, diagnose.*.
OptionTable run_options();
/// The four keys that say which others exist.
OptionTable choice_options();

/// Later items win. UsageError (with the item's place) on an unknown key, a key of another choice or a bad
/// value.
Settings resolve(std::span<const ConfigItem> items);

/// `name` is a file, or one of the configurations that are built in ("toy/imf"). Error when there is neither.
std::vector<ConfigItem> read_config(const std::string& name);
/// "optim.lr=1e-3". UsageError when there is no '='.
ConfigItem parse_override(std::string_view word);
/// Keys that differ, as lines "optim.lr: 0.003 -> 0.001" (a key that only one side has: "none").
std::vector<std::string> differences(const Settings& before, const Settings& after);

}  // namespace mf

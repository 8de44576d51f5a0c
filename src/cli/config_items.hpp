// SPDX-License-Identifier: MIT
// The keys of a configuration and what the command line says about them.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "train/config.hpp"

namespace mf::cli {

/// The keys of `config` (a name or a file; empty: none), then those that options stand for (--seed: seed, --precision:
/// precision), then key=value. UsageError when an option and its key say different things.
std::vector<ConfigItem> config_items(const Invocation& invocation, const std::string& config);

/// key=value words that may only be about data. UsageError names the first that is not, and data.name when `named` says
/// that the data set has been chosen already.
std::vector<ConfigItem> data_items(const Invocation& invocation, bool named);

/// What a word says of `key`, or null.
const ConfigItem* find_override(const std::vector<ConfigItem>& overrides, const std::string& key);
std::vector<ConfigItem> overrides_of(const Invocation& invocation);

}  // namespace mf::cli

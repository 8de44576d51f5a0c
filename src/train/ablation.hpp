// SPDX-License-Identifier: MIT
// The ablation table: what is changed in a configuration, one thing at a time.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "train/config.hpp"

namespace mf {

/// One row.
struct Variant {
    std::string name;   ///< "tangent/head", also its folder; "base" is the configuration as it is
    std::string words;  ///< what it is
    std::vector<std::pair<std::string, std::string>>
        changes;  ///< keys and values on top of the configuration
    Settings settings;
    std::string same_as;  ///< the earlier row with the same settings; empty: none
    std::string why_not;  ///< why it cannot be run with this configuration; empty: it can
};

/// The rows for a configuration, `base` first: those of `only` (groups or names; empty: all). Rows that do not apply
/// say why. UsageError on a group or name that does not exist.
std::vector<Variant> ablation(const std::vector<ConfigItem>& items, const std::vector<std::string>& only,
                              int threads = 0);

/// Names of the groups with a line each, for help.
std::vector<std::pair<std::string, std::string>> ablation_groups();

}  // namespace mf

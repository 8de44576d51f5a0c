// SPDX-License-Identifier: MIT
// Settings as JSON text, for the metadata of checkpoints.
#pragma once

#include <string>
#include <vector>

#include "train/config.hpp"

namespace mf {

/// {"optim.lr": "3e-3", ...}
std::string settings_to_json(const Settings& settings);
/// Error names `place` when the text is not an object of texts.
std::vector<ConfigItem> settings_from_json(const std::string& text, const std::string& place);

}  // namespace mf

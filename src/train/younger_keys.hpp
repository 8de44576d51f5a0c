// SPDX-License-Identifier: MIT
// A key that is younger than some stored runs, and whose default is not what the program did before: the default is for new
// runs, those that exist go on as they began.
#pragma once

#include <vector>

#include "train/config.hpp"

namespace mf {

/// The items of a stored file (a run's config.yaml, the settings of a checkpoint, of weights or of a judge) and, before
/// them, a value for every such key that they lack: what the program did before the key was there.
std::vector<ConfigItem> with_younger_keys(std::vector<ConfigItem> stored);
/// The items that a run is resumed with and, before them, `stored`'s value of every such key that they leave out.
std::vector<ConfigItem> with_younger_keys_of(const Settings& stored, std::vector<ConfigItem> items);

}  // namespace mf

// SPDX-License-Identifier: MIT
// The four catalogues of a run, seen the same way: which name takes which keys.
#pragma once

#include <string>
#include <vector>

#include "core/options.hpp"

namespace mf {

struct ChoiceEntry {
    std::string name, help;
    OptionTable options;
};

/// `key` ("objective.name") picks one of the entries.
struct Choice {
    std::string key, initial, help;
    std::vector<ChoiceEntry> entries;
};

/// Data, model, objective and optimiser, in this order.
const std::vector<Choice>& all_choices();

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "train/younger_keys.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mf {
namespace {

/// `key` exists where `choice` has the value `name`; before there was such a key, the program did what `value` says.
struct YoungerKey {
    const char *choice, *name, *key, *value;
};

constexpr YoungerKey kYounger[] = {
    {"data.name", "shapes", "data.sizes", "0.42,0.82"},
    {"data.name", "shapes", "data.shift", "1"},
    {"data.name", "shapes", "data.turn", "1"},
    {"data.name", "shapes", "data.colours", "any"},
};

/// The last value of `key`, or null.
const std::string* value_of(const std::vector<ConfigItem>& items, const char* key) {
    const auto found =
        std::find_if(items.rbegin(), items.rend(), [&](const auto& one) { return one.key == key; });
    return found == items.rend() ? nullptr : &found->value;
}

bool lacks(const std::vector<ConfigItem>& items, const YoungerKey& younger) {
    const std::string* chosen = value_of(items, younger.choice);
    return chosen != nullptr && *chosen == younger.name && value_of(items, younger.key) == nullptr;
}

/// Later items win, so what is added goes first.
std::vector<ConfigItem> joined(std::vector<ConfigItem> first, std::vector<ConfigItem> second) {
    first.insert(first.end(), std::make_move_iterator(second.begin()), std::make_move_iterator(second.end()));
    return first;
}

}  // namespace

std::vector<ConfigItem> with_younger_keys(std::vector<ConfigItem> stored) {
    std::vector<ConfigItem> added;
    for (const YoungerKey& younger : kYounger)
        if (lacks(stored, younger)) added.push_back({younger.key, younger.value, ""});
    return joined(std::move(added), std::move(stored));
}

std::vector<ConfigItem> with_younger_keys_of(const Settings& stored, std::vector<ConfigItem> items) {
    std::vector<ConfigItem> added;
    for (const auto& [key, value] : stored.items())
        for (const YoungerKey& younger : kYounger)
            if (key == younger.key && stored.text(younger.choice) == younger.name && lacks(items, younger))
                added.push_back({key, value, ""});
    return joined(std::move(added), std::move(items));
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "cli/config_items.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/error.hpp"

namespace mf::cli {
namespace {

/// Options that say what a key says.
struct Twin {
    const char* option;
    const char* key;
};
constexpr std::array kTwins = {Twin{"--seed", "seed"}, Twin{"--precision", "precision"}};

}  // namespace

std::vector<ConfigItem> overrides_of(const Invocation& invocation) {
    std::vector<ConfigItem> out;
    for (const std::string& word : invocation.overrides) out.push_back(parse_override(word));
    return out;
}

const ConfigItem* find_override(const std::vector<ConfigItem>& overrides, const std::string& key) {
    const auto found = std::ranges::find(overrides.rbegin(), overrides.rend(), key, &ConfigItem::key);
    return found == overrides.rend() ? nullptr : &*found;
}

std::vector<ConfigItem> config_items(const Invocation& invocation, const std::string& config) {
    std::vector<ConfigItem> items = config.empty() ? std::vector<ConfigItem>{} : read_config(config);
    const std::vector<ConfigItem> words = overrides_of(invocation);
    for (const Twin& twin : kTwins) {
        if (!invocation.options.was_set(twin.option)) continue;
        const auto all = invocation.options.items();
        const std::string value =
            std::ranges::find(all, twin.option, &std::pair<std::string, std::string>::first)->second;
        if (const ConfigItem* word = find_override(words, twin.key); word != nullptr && word->value != value)
            throw UsageError(fmt::format("{} {} and {}={} say different things", twin.option, value, twin.key,
                                         word->value),
                             "give one of the two");
        items.push_back({twin.key, value, twin.option});
    }
    items.insert(items.end(), words.begin(), words.end());
    return items;
}

std::vector<ConfigItem> data_items(const Invocation& invocation, bool named) {
    std::vector<ConfigItem> out = overrides_of(invocation);
    for (const ConfigItem& item : out) {
        if (!item.key.starts_with("data."))
            throw UsageError(fmt::format("{}={} has no meaning for data", item.key, item.value),
                             "keys that begin with data. have: 'meanflow data list' shows them");
        if (named && item.key == "data.name")
            throw UsageError(fmt::format("the data set is named twice: {} and data.name={}",
                                         invocation.words[0], item.value),
                             "give its name alone");
    }
    return out;
}

}  // namespace mf::cli

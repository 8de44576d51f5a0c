// SPDX-License-Identifier: MIT
#include "train/settings_text.hpp"

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "train/younger_keys.hpp"

namespace mf {

std::string settings_to_json(const Settings& settings) {
    nlohmann::ordered_json out = nlohmann::ordered_json::object();
    for (const auto& [key, value] : settings.items()) out[key] = value;
    return out.dump();
}

std::vector<ConfigItem> settings_from_json(const std::string& text, const std::string& place) {
    const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
    check(json.is_object(), "{}: its settings are not a JSON object", place);
    std::vector<ConfigItem> items;
    for (const auto& [key, value] : json.items()) {
        check(value.is_string(), "{}: the setting {} is not a text", place, key);
        items.push_back({key, value.get<std::string>(), place});
    }
    return with_younger_keys(std::move(items));
}

}  // namespace mf

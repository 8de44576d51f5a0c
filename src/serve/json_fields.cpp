// SPDX-License-Identifier: MIT
#include "serve/json_fields.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/options.hpp"
#include "io/shown.hpp"

namespace mf::serve {
namespace {

constexpr int kMostDepth = 16;

std::string type_of(const Json& value) {
    if (value.is_string()) return "a text";
    if (value.is_boolean()) return "true or false";
    if (value.is_array()) return "a list";
    if (value.is_object()) return "an object";
    if (value.is_null()) return "null";
    return value.dump();
}

double real_of(const Json& value, const std::string& key, double least, double most) {
    check_usage(value.is_number(), "{}: a number is expected, got {}", key, type_of(value));
    const auto number = value.get<double>();
    check_usage(std::isfinite(number) && number >= least && number <= most, "{}: {} is not between {} and {}",
                key, value.dump(), least, most);
    return number;
}

std::int64_t integer_of(const Json& value, const std::string& key, std::int64_t least, std::int64_t most) {
    check_usage(value.is_number(), "{}: a whole number is expected, got {}", key, type_of(value));
    const double number = value.get<double>();
    check_usage(std::isfinite(number) && number == std::floor(number), "{}: {} is no whole number", key,
                value.dump());
    // Compared as doubles first: what does not fit must not be converted.
    check_usage(number >= static_cast<double>(least) && number <= static_cast<double>(most),
                "{}: {} is not between {} and {}", key, value.dump(), least, most);
    return static_cast<std::int64_t>(number);
}

/// The items of a list, or a single value as a list of one.
std::vector<Json> items_of(const Json& value, const std::string& key, std::size_t most) {
    if (!value.is_array()) return {value};
    check_usage(!value.empty(), "{}: the list is empty", key);
    check_usage(value.size() <= most, "{}: a list of {}, at most {}", key, value.size(), most);
    return {value.begin(), value.end()};
}

}  // namespace

Json parse_object(std::string_view text) {
    std::vector<std::set<std::string>> keys;
    const auto watch = [&](int depth, nlohmann::detail::parse_event_t event, Json& value) {
        using Event = nlohmann::detail::parse_event_t;
        check_usage(depth < kMostDepth, "the JSON is nested more than {} deep", kMostDepth);
        if (event == Event::object_start) keys.emplace_back();
        if (event == Event::object_end) keys.pop_back();
        if (event == Event::key && !keys.back().insert(value.get<std::string>()).second)
            throw UsageError(fmt::format("the JSON names the key {} twice", shown(value.get<std::string>())));
        return true;
    };
    Json out;
    try {
        out = Json::parse(text.begin(), text.end(), watch);
    } catch (const Json::exception& error) {
        // "[json.exception.parse_error.101] parse error at line 1, column 2: ...; last read: ..."
        std::string why = error.what();
        if (const std::size_t at = why.find("] "); at != std::string::npos) why = why.substr(at + 2);
        if (const std::size_t at = why.find("; last read"); at != std::string::npos) why = why.substr(0, at);
        std::ranges::replace(why, '\n', ' ');
        throw UsageError(fmt::format("the body is no JSON: {}", why),
                         "for example {\"model\": 0, \"count\": 4}");
    }
    if (!out.is_object())
        throw UsageError("the body has to be a JSON object", "for example {\"model\": 0, \"count\": 4}");
    return out;
}

std::string json_text(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Fields::Fields(const Json& object, std::string what) : object_(object), what_(std::move(what)) {
    check_usage(object.is_object(), "{}: a JSON object is expected, got {}", what_, type_of(object));
}

const Json* Fields::value(const std::string& key) {
    known_.push_back(key);
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
}

bool Fields::has(const std::string& key) { return value(key) != nullptr; }

std::int64_t Fields::integer(const std::string& key, std::int64_t otherwise, std::int64_t least,
                             std::int64_t most) {
    const Json* found = value(key);
    return found == nullptr ? otherwise : integer_of(*found, key, least, most);
}

double Fields::real(const std::string& key, double otherwise, double least, double most) {
    const Json* found = value(key);
    return found == nullptr ? otherwise : real_of(*found, key, least, most);
}

std::string Fields::text(const std::string& key, const std::string& otherwise, std::size_t most_bytes) {
    const Json* found = value(key);
    if (found == nullptr) return otherwise;
    check_usage(found->is_string(), "{}: a text is expected, got {}", key, type_of(*found));
    auto out = found->get<std::string>();
    check_usage(out.size() <= most_bytes, "{}: a text of {} bytes, at most {}", key, out.size(), most_bytes);
    return out;
}

std::string Fields::word(const std::string& key, const std::string& otherwise,
                         const std::vector<std::string>& choices) {
    const std::string out = text(key, otherwise);
    if (std::ranges::find(choices, out) == choices.end())
        throw UsageError(fmt::format("{}: {} is none of {}", key, shown(out), fmt::join(choices, ", ")));
    return out;
}

std::vector<double> Fields::reals(const std::string& key, double least, double most, std::size_t most_items) {
    std::vector<double> out;
    if (const Json* found = value(key))
        for (const Json& item : items_of(*found, key, most_items))
            out.push_back(real_of(item, key, least, most));
    return out;
}

std::vector<std::int64_t> Fields::integers(const std::string& key, std::int64_t least, std::int64_t most,
                                           std::size_t most_items) {
    std::vector<std::int64_t> out;
    if (const Json* found = value(key))
        for (const Json& item : items_of(*found, key, most_items))
            out.push_back(integer_of(item, key, least, most));
    return out;
}

std::pair<double, double> Fields::interval_of(const Json& value, const std::string& key) {
    check_usage(value.is_array() && value.size() == 2, "{}: two times [t_min, t_max] are expected, got {}",
                key, type_of(value));
    const double t_min = real_of(value[0], key, 0, 1), t_max = real_of(value[1], key, 0, 1);
    check_usage(t_min <= t_max, "{}: {} is not below {}: the smaller time comes first", key, t_min, t_max);
    return {t_min, t_max};
}

void Fields::finish() const {
    for (const auto& [key, unused] : object_.items()) {
        if (std::ranges::find(known_, key) != known_.end()) continue;
        const std::string near = nearest(key, known_);
        throw UsageError(fmt::format("{} has no key {}", what_, shown(key)),
                         near.empty() ? fmt::format("there are {}", fmt::join(known_, ", "))
                                      : fmt::format("did you mean {}?", near));
    }
}

}  // namespace mf::serve

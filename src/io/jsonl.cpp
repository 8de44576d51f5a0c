// SPDX-License-Identifier: MIT
#include "io/jsonl.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "io/file.hpp"

namespace mf {
namespace {

using Json = nlohmann::ordered_json;  // keeps the order of the keys

std::string text_of(const JsonValue& value) {
    if (const auto* number = std::get_if<double>(&value))
        return std::isfinite(*number) ? fmt::format("{}", *number) : "null";
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *integer);
    return Json(std::get<std::string>(value)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<JsonValue> value_of(const Json& json) {
    if (json.is_null()) return std::numeric_limits<double>::quiet_NaN();
    if (json.is_boolean()) return std::int64_t{json.get<bool>() ? 1 : 0};
    const bool fits = !json.is_number_unsigned() ||
                      json.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    if (json.is_number_integer() && fits) return json.get<std::int64_t>();
    if (json.is_number()) return json.get<double>();
    if (json.is_string()) return json.get<std::string>();
    return std::nullopt;
}

/// The record of a line, or nothing when the line is not a flat JSON object.
std::optional<JsonRecord> parse_line(std::string_view line) {
    const auto flat = [](int depth, Json::parse_event_t event, const Json&) {
        const bool start =
            event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
        return !start || depth == 0;
    };
    const Json json = Json::parse(line, flat, false);
    if (!json.is_object()) return std::nullopt;
    JsonRecord record;
    for (const auto& [key, value] : json.items()) {
        std::optional<JsonValue> plain = value_of(value);
        if (!plain) return std::nullopt;
        record.emplace_back(key, std::move(*plain));
    }
    return record;
}

/// True when the record of `line` belongs to a step after `step`, or when there is no record.
bool is_after(std::string_view line, std::int64_t step) {
    const auto record = parse_line(line);
    if (!record) return true;
    const auto found = std::ranges::find(*record, "step", &JsonRecord::value_type::first);
    if (found == record->end()) return false;
    if (const auto* integer = std::get_if<std::int64_t>(&found->second)) return *integer > step;
    const auto* number = std::get_if<double>(&found->second);
    return number != nullptr && *number > static_cast<double>(step);
}

/// Takes the next whole line off `rest`; false when there is none.
bool take_line(std::string_view& rest, std::string_view& line) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return false;
    line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return true;
}

}  // namespace

std::string json_line(const JsonRecord& record) {
    std::string out = "{";
    for (const auto& [key, value] : record)
        out += (out.size() > 1 ? ", " : "") + text_of(key) + ": " + text_of(value);
    return out + "}";
}

JsonLines::JsonLines(const std::filesystem::path& path) : path_(path), file_(path) {
    if (file_.size() == 0) return;
    const std::string content = read_file(path);
    const std::size_t last_end = content.rfind('\n');
    const std::size_t whole = last_end == std::string::npos ? 0 : last_end + 1;
    if (whole < content.size()) file_.cut(whole);
}

void JsonLines::append(const JsonRecord& record) { file_.append(json_line(record) + "\n"); }

std::int64_t JsonLines::drop_after(std::int64_t step) {
    const std::string content = read_file(path_);
    std::string kept;
    std::int64_t dropped = 0;
    std::string_view rest = content, line;
    while (take_line(rest, line)) {
        const bool drop = is_after(line, step);
        if (!drop) kept += std::string(line) + "\n";
        dropped += drop ? 1 : 0;
    }
    if (dropped == 0) return 0;
    write_file_atomically(path_, kept);
    file_ = AppendFile(path_);  // the old descriptor belongs to the file that is gone
    return dropped;
}

std::vector<JsonRecord> read_json_lines(const std::filesystem::path& path) {
    const std::string content = read_file(path);
    std::vector<JsonRecord> records;
    std::string_view rest = content, line;
    for (int number = 1; take_line(rest, line); ++number) {
        auto record = parse_line(line);
        check(record.has_value(), "[jsonl] {}:{}: is not an object of numbers and texts", path.string(),
              number);
        records.push_back(std::move(*record));
    }
    return records;
}

}  // namespace mf

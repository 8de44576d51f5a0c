// SPDX-License-Identifier: MIT
#include "io/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "io/shown.hpp"
#include "io/tensor_bytes.hpp"

namespace mf {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<const char*, DType>, 8> kTypes = {{{"F64", DType::f64},
                                                                  {"F32", DType::f32},
                                                                  {"F16", DType::f16},
                                                                  {"BF16", DType::bf16},
                                                                  {"I64", DType::i64},
                                                                  {"I32", DType::i32},
                                                                  {"U8", DType::u8},
                                                                  {"BOOL", DType::u8}}};

std::optional<DType> type_of(const std::string& text) {
    for (const auto& [name, dtype] : kTypes)
        if (text == name) return dtype;
    return std::nullopt;
}

const char* type_text(DType dtype) {
    for (const auto& [name, type] : kTypes)
        if (type == dtype) return name;
    return "?";
}

/// JSON of at most three levels in which no key stands twice.
json parse_strictly(std::string_view text, const std::string& name) {
    std::vector<std::set<std::string>> keys(4);
    const auto look = [&](int depth, json::parse_event_t event, json& value) {
        const auto level = static_cast<std::size_t>(depth);
        if (event == json::parse_event_t::object_start || event == json::parse_event_t::array_start) {
            check(depth < 3, "[safetensors] {}: the header is nested deeper than the format allows", name);
            keys[level + 1].clear();
        } else if (event == json::parse_event_t::key) {
            const auto& key = value.get_ref<const std::string&>();
            check(keys[level].insert(key).second, "[safetensors] {}: the key {} stands twice in the header",
                  name, shown(key));
        }
        return true;
    };
    try {
        return json::parse(text, look);
    } catch (const json::parse_error& e) {
        throw Error(fmt::format("[safetensors] {}: the header is not JSON (at byte {} of it)", name, e.byte));
    } catch (const json::exception&) {
        throw Error(fmt::format("[safetensors] {}: the header is not JSON (a number is too large)", name));
    }
}

/// The non-negative integers of an array; Error when it is anything else.
std::vector<std::uint64_t> integers(const json& list, const std::string& where) {
    check(list.is_array() && std::ranges::all_of(list, [](const json& n) { return n.is_number_unsigned(); }),
          "{} must be a list of integers >= 0", where);
    return list.get<std::vector<std::uint64_t>>();
}

TensorEntry parse_entry(const json& about, const std::string& where) {
    check(about.is_object() && about.contains("dtype") && about.contains("shape") &&
              about.contains("data_offsets") && about.size() == 3,
          "{}: expected dtype, shape and data_offsets", where);
    check(about["dtype"].is_string(), "{}: dtype must be text", where);
    const auto& type_name = about["dtype"].get_ref<const std::string&>();
    const std::optional<DType> dtype = type_of(type_name);
    check(dtype.has_value(),
          "{}: dtype {} is not supported, expected F64, F32, F16, BF16, I64, I32, U8 or BOOL", where,
          shown(type_name));
    const std::vector<std::uint64_t> dims = integers(about["shape"], where + ": shape");
    check(dims.size() <= Shape::most, "{}: {} dimensions, expected at most {}", where, dims.size(),
          Shape::most);
    TensorEntry entry;
    entry.dtype = *dtype;
    for (const std::uint64_t d : dims) {
        check(d <= std::numeric_limits<std::int64_t>::max(), "{}: dimension {} is too large", where, d);
        entry.shape.push(static_cast<std::int64_t>(d));
    }
    const auto bytes = tensor_bytes(entry.shape, entry.dtype);
    check(bytes.has_value(), "{}: the shape {} is too large", where, entry.shape.text());
    const std::vector<std::uint64_t> range = integers(about["data_offsets"], where + ": data_offsets");
    check(range.size() == 2 && range[0] <= range[1], "{}: data_offsets must be two integers, begin <= end",
          where);
    check(range[1] - range[0] == *bytes, "{}: {} of shape {} has {} bytes, but data_offsets give it {}",
          where, name_of(entry.dtype), entry.shape.text(), *bytes, range[1] - range[0]);
    entry.offset = range[0];
    entry.bytes = *bytes;
    return entry;
}

/// The ranges of all tensors must be exactly [0, data_bytes), each byte once.
void check_cover(const SafetensorsHeader& header, std::uint64_t data_bytes, const std::string& name) {
    std::vector<const std::pair<const std::string, TensorEntry>*> order;
    for (const auto& item : header.tensors) order.push_back(&item);
    std::ranges::stable_sort(
        order, {}, [](const auto* item) { return std::pair(item->second.offset, item->second.bytes); });
    std::uint64_t end = 0;
    for (const auto* item : order) {
        check(item->second.offset == end,
              "[safetensors] {}: tensor {} starts at byte {} of the data, expected {} ({})", name,
              shown(item->first), item->second.offset, end, item->second.offset < end ? "overlap" : "gap");
        end += item->second.bytes;
        check(end <= data_bytes,
              "[safetensors] {}: the file is truncated: tensor {} ends at byte {} of the data, but {} are "
              "there",
              name, shown(item->first), end, data_bytes);
    }
    check(end == data_bytes, "[safetensors] {}: {} bytes too many after the last tensor", name,
          data_bytes - end);
}

}  // namespace

std::uint64_t safetensors_header_length(std::string_view start, std::uint64_t file_bytes,
                                        const std::string& name) {
    check(start.size() == 8, "[safetensors] {}: the file is truncated: {} bytes, expected at least 10", name,
          file_bytes);
    std::uint64_t length = 0;
    std::memcpy(&length, start.data(), 8);
    check(length <= kMostSafetensorsHeader,
          "[safetensors] {}: is not a safetensors file, or a damaged one (it claims a header of {} bytes)",
          name, length);
    check(length <= file_bytes - 8,
          "[safetensors] {}: the file is truncated: a header of {} bytes, but only {} bytes follow", name,
          length, file_bytes - 8);
    return length;
}

SafetensorsHeader parse_safetensors_header(std::string_view text, std::uint64_t file_bytes,
                                           const std::string& name) {
    const json root = parse_strictly(text, name);
    check(root.is_object(), "[safetensors] {}: the header must be a JSON object", name);
    SafetensorsHeader header;
    header.file_bytes = file_bytes;
    for (const auto& [key, about] : root.items()) {
        if (key == "__metadata__") {
            check(
                about.is_object() && std::ranges::all_of(about, [](const json& v) { return v.is_string(); }),
                "[safetensors] {}: __metadata__ must hold texts only", name);
            header.metadata = about.get<std::map<std::string, std::string>>();
        } else {
            header.tensors[key] =
                parse_entry(about, fmt::format("[safetensors] {}: tensor {}", name, shown(key)));
        }
    }
    const std::uint64_t data_start = 8 + text.size();
    check_cover(header, file_bytes - data_start, name);
    for (auto& [key, entry] : header.tensors) entry.offset += data_start;
    return header;
}

std::string safetensors_header_text(const SafetensorsHeader& header, const std::string& name) {
    json root = json::object();
    if (!header.metadata.empty()) root["__metadata__"] = header.metadata;
    for (const auto& [key, entry] : header.tensors)
        root[key] = {{"dtype", type_text(entry.dtype)},
                     {"shape", std::vector<std::int64_t>(entry.shape.begin(), entry.shape.end())},
                     {"data_offsets", {entry.offset, entry.offset + entry.bytes}}};
    std::string text;
    try {
        text = root.dump();
    } catch (const json::exception&) {
        throw Error(fmt::format("[safetensors] {}: a name or the metadata is not UTF-8 text", name));
    }
    text.append((8 - text.size() % 8) % 8, ' ');
    check(text.size() <= kMostSafetensorsHeader, "[safetensors] {}: a header of {} bytes is too long", name,
          text.size());
    const std::uint64_t length = text.size();
    std::string out(8, '\0');
    std::memcpy(out.data(), &length, 8);
    return out + text;
}

}  // namespace mf

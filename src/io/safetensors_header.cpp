// SPDX-License-Identifier: MIT
#include "io/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <vector>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "io/looks_like.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

using nlohmann::json;

constexpr const char* kGetAgain = "a download or a copy that was cut off; get the file again";

struct SafetensorsType {
    const char* name;
    std::uint64_t bits;
    std::optional<DType> dtype;  ///< as which it is read; none: foreign
};
// The first entry of a type of ours is the one written.
constexpr std::array<SafetensorsType, 22> kSafetensorsTypes = {
    {{"F64", 64, DType::f64}, {"F32", 32, DType::f32},
     {"F16", 16, DType::f16}, {"BF16", 16, DType::bf16},
     {"I64", 64, DType::i64}, {"I32", 32, DType::i32},
     {"U8", 8, DType::u8},    {"BOOL", 8, DType::u8},
     {"I8", 8, {}},           {"I16", 16, {}},
     {"U16", 16, {}},         {"U32", 32, {}},
     {"U64", 64, {}},         {"C64", 64, {}},
     {"F8_E4M3", 8, {}},      {"F8_E5M2", 8, {}},
     {"F8_E8M0", 8, {}},      {"F8_E4M3FNUZ", 8, {}},
     {"F8_E5M2FNUZ", 8, {}},  {"F6_E2M3", 6, {}},
     {"F6_E3M2", 6, {}},      {"F4", 4, {}}}};

const SafetensorsType* type_of(const std::string& text) {
    for (const SafetensorsType& type : kSafetensorsTypes)
        if (text == type.name) return &type;
    return nullptr;
}

const char* type_text(DType dtype) {
    for (const SafetensorsType& type : kSafetensorsTypes)
        if (type.dtype == dtype) return type.name;
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

/// Bytes of a tensor, or nothing when they do not fit in 63 bits or are no whole number.
std::optional<std::uint64_t> bytes_of(const std::vector<std::uint64_t>& dims, std::uint64_t bits) {
    std::int64_t all = static_cast<std::int64_t>(bits);
    bool zero = false;
    for (const std::uint64_t d : dims) {
        zero = zero || d == 0;
        // A zero among the dimensions does not excuse the others: Shape::count multiplies in order.
        if (d != 0 && __builtin_mul_overflow(all, d, &all)) return std::nullopt;
    }
    if (zero) return 0;
    if (all % 8 != 0) return std::nullopt;
    return static_cast<std::uint64_t>(all / 8);
}

/// One tensor of the header, ours or foreign.
void parse_entry(const json& about, const std::string& key, const std::string& where,
                 SafetensorsHeader& header) {
    check(about.is_object() && about.contains("dtype") && about.contains("shape") &&
              about.contains("data_offsets") && about.size() == 3,
          "{}: expected dtype, shape and data_offsets", where);
    check(about["dtype"].is_string(), "{}: dtype must be text", where);
    const auto& type_name = about["dtype"].get_ref<const std::string&>();
    const SafetensorsType* type = type_of(type_name);
    check(type != nullptr, "{}: dtype {} is none of the format's", where, shown(type_name));
    const std::vector<std::uint64_t> dims = integers(about["shape"], where + ": shape");
    const std::string shape_text = fmt::format("({})", fmt::join(dims, ", "));
    const auto bytes = bytes_of(dims, type->bits);
    check(bytes.has_value(), "{}: the shape {} is too large, or its {} end within a byte", where, shape_text,
          type_name);
    const std::vector<std::uint64_t> range = integers(about["data_offsets"], where + ": data_offsets");
    check(range.size() == 2 && range[0] <= range[1], "{}: data_offsets must be two integers, begin <= end",
          where);
    check(range[1] - range[0] == *bytes, "{}: {} of shape {} has {} bytes, but data_offsets give it {}",
          where, type_name, shape_text, *bytes, range[1] - range[0]);
    Shape shape;
    if (dims.size() <= Shape::most)
        for (const std::uint64_t d : dims) shape.push(static_cast<std::int64_t>(d));
    if (type->dtype && dims.size() <= Shape::most)
        header.tensors[key] = {*type->dtype, shape, range[0], *bytes};
    else
        header.foreign[key] = {type_name, shape_text, shape, range[0], *bytes};
}

/// The ranges of all tensors must be exactly [0, data_bytes), each byte once.
void check_cover(const SafetensorsHeader& header, std::uint64_t data_bytes, const std::string& name) {
    using Range = std::tuple<std::uint64_t, std::uint64_t, std::string_view>;
    std::vector<Range> order;
    for (const auto& [key, entry] : header.tensors) order.emplace_back(entry.offset, entry.bytes, key);
    for (const auto& [key, entry] : header.foreign) order.emplace_back(entry.offset, entry.bytes, key);
    std::ranges::sort(order);
    std::uint64_t end = 0;
    for (const auto& [offset, bytes, key] : order) {
        check(offset == end, "[safetensors] {}: tensor {} starts at byte {} of the data, expected {} ({})",
              name, shown(key), offset, end, offset < end ? "overlap" : "gap");
        end += bytes;
        if (end > data_bytes)
            throw Error(
                fmt::format("[safetensors] {}: the file is truncated: tensor {} ends at byte {} of the data, "
                            "but {} are there",
                            name, shown(key), end, data_bytes),
                kGetAgain);
    }
    check(end == data_bytes, "[safetensors] {}: {} bytes too many after the last tensor", name,
          data_bytes - end);
}

}  // namespace

std::uint64_t safetensors_header_length(std::string_view start, std::uint64_t file_bytes,
                                        const std::string& name) {
    std::uint64_t length = 0;
    std::memcpy(&length, start.data(), std::min<std::size_t>(start.size(), 8));
    const bool possible = start.size() >= 8 && length <= kMostSafetensorsHeader;
    // A header begins with a brace; behind a length that can be one, anything else is damage.
    const bool likely = possible && (start.size() == 8 || start[8] == '{');
    if (!likely && looks_like(start, file_bytes))
        refuse_as("safetensors", "is not a safetensors file", name, start, file_bytes);
    check(start.size() >= 8, "[safetensors] {}: the file is truncated: {} bytes, expected at least 10", name,
          file_bytes);
    check(possible,
          "[safetensors] {}: is not a safetensors file, or a damaged one (it claims a header of {} bytes)",
          name, length);
    if (length > file_bytes - 8)
        throw Error(
            fmt::format("[safetensors] {}: the file is truncated: a header of {} bytes, but only {} bytes "
                        "follow",
                        name, length, file_bytes - 8),
            kGetAgain);
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
            parse_entry(about, key, fmt::format("[safetensors] {}: tensor {}", name, shown(key)), header);
        }
    }
    const std::uint64_t data_start = 8 + text.size();
    check_cover(header, file_bytes - data_start, name);
    for (auto& [key, entry] : header.tensors) entry.offset += data_start;
    for (auto& [key, entry] : header.foreign) entry.offset += data_start;
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

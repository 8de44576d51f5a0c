// SPDX-License-Identifier: MIT
#include "cli/json.hpp"

#include <cmath>

#include <fmt/format.h>

namespace mf::cli {

Json::Json(bool value) : text_(value ? "true" : "false") {}

Json::Json(double value) : text_(std::isfinite(value) ? fmt::format("{}", value) : "null") {}

Json::Json(std::string_view value) : text_("\"") {
    for (const char c : value) {
        if (c == '"' || c == '\\')
            text_ += {'\\', c};
        else if (static_cast<unsigned char>(c) < 0x20)
            text_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else
            text_ += c;
    }
    text_ += '"';
}

Json Json::object(std::span<const Member> members) {
    Json out;
    out.text_ = "{";
    for (const auto& [name, value] : members) {
        if (out.text_.size() > 1) out.text_ += ",";
        out.text_ += Json(name).text_ + ":" + value.text_;
    }
    out.text_ += "}";
    return out;
}

Json Json::array(std::span<const Json> values) {
    Json out;
    out.text_ = "[";
    for (const Json& value : values) {
        if (out.text_.size() > 1) out.text_ += ",";
        out.text_ += value.text_;
    }
    out.text_ += "]";
    return out;
}

}  // namespace mf::cli

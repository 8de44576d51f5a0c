// SPDX-License-Identifier: MIT
// JSON for `--json`: values are built from the inside out and are text from the start.
#pragma once

#include <concepts>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mf::cli {

class Json {
  public:
    Json() = default;  ///< null
    Json(bool value);
    Json(double value);  ///< what is not finite becomes null: JSON has no word for it
    Json(std::integral auto value) : text_(std::to_string(value)) {}
    Json(std::string_view value);
    Json(const std::string& value) : Json(std::string_view(value)) {}
    Json(const char* value) : Json(std::string_view(value)) {}

    using Member = std::pair<std::string_view, Json>;
    static Json object(std::span<const Member> members);
    static Json object(std::initializer_list<Member> members) {
        return object(std::span(members.begin(), members.size()));
    }
    static Json array(std::span<const Json> values);
    template <class T>
    static Json array_of(const std::vector<T>& values) {
        std::vector<Json> items;
        for (const T& value : values) items.emplace_back(value);
        return array(items);
    }

    const std::string& text() const { return text_; }

  private:
    std::string text_ = "null";
};

}  // namespace mf::cli

// SPDX-License-Identifier: MIT
// JSON objects that people send: every key is known and of its type, or the answer says what is wrong with it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace mf::serve {

using Json = nlohmann::ordered_json;

/// UsageError when the text is no JSON, no object, nested too deeply or names a key twice.
Json parse_object(std::string_view text);
/// Text of a value that may hold bytes that are no UTF-8.
std::string json_text(const Json& value);

/// The keys of one object, read one after the other. All errors are UsageError and name the key.
class Fields {
  public:
    /// `what`: the request that it is, for messages. The object must outlive the reader.
    Fields(const Json& object, std::string what);

    bool has(const std::string& key);
    std::int64_t integer(const std::string& key, std::int64_t otherwise, std::int64_t least,
                         std::int64_t most);
    double real(const std::string& key, double otherwise, double least, double most);
    std::string word(const std::string& key, const std::string& otherwise,
                     const std::vector<std::string>& choices);
    std::string text(const std::string& key, const std::string& otherwise, std::size_t most_bytes = 512);
    /// One number or a list of them; empty where the key is missing.
    std::vector<double> reals(const std::string& key, double least, double most, std::size_t most_items);
    std::vector<std::int64_t> integers(const std::string& key, std::int64_t least, std::int64_t most,
                                       std::size_t most_items);
    /// The value itself, or null.
    const Json* value(const std::string& key);
    /// [0.3, 0.7] on [0, 1], the smaller first.
    static std::pair<double, double> interval_of(const Json& value, const std::string& key);
    /// UsageError for keys that nobody asked for.
    void finish() const;

  private:
    const Json& object_;
    std::string what_;
    std::vector<std::string> known_;
};

}  // namespace mf::serve

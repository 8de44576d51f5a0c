// SPDX-License-Identifier: MIT
// Configuration files: the part of YAML that is a tree of sections with texts, numbers and lists at its
// leaves.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mf {

struct KeyValue {
    std::string key;  ///< sections joined by dots: "data.name"
    std::string value;
    int line = 0;  ///< where the value stands, from 1
};

/// The leaves of a YAML file in their order. A list of scalars becomes its items joined by commas, in
/// quotes where they have commas themselves (core/word_list.hpp).
/// UsageError "path:line: ..." for what is not YAML and for everything else YAML can do: keys that stand
/// twice, lists in lists, sections in lists, keys without a value, anchors and aliases, tags, several
/// documents, a root that is not a section. An empty file has no leaves. Files over 1 MiB are refused; Error
/// when the file cannot be read.
std::vector<KeyValue> read_yaml(const std::filesystem::path& path);

/// The same for text; `name` stands for the path in messages.
std::vector<KeyValue> parse_yaml(const std::string& text, const std::string& name);

/// The reverse: dotted keys are nested again, sections and keys stand in the order of their first appearance,
/// and values are quoted where they must be for parse_yaml to give back the same text. Error for a key that
/// stands twice or is both section and value, for an empty key, and for text that is not UTF-8.
std::string yaml_text(const std::vector<std::pair<std::string, std::string>>& items);

/// yaml_text to a file, atomically.
void write_yaml(const std::filesystem::path& path,
                const std::vector<std::pair<std::string, std::string>>& items);

}  // namespace mf

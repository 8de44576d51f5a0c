// SPDX-License-Identifier: MIT
// The writing half of io/yaml.hpp.
#include <algorithm>
#include <cctype>
#include <memory>

#include "core/error.hpp"
#include "io/file.hpp"
#include "io/shown.hpp"
#include "io/yaml.hpp"

namespace mf {
namespace {

/// A section or a leaf.
struct Node {
    std::string name;
    std::string value;
    bool is_leaf = false;
    std::vector<Node> children;
};

/// Texts that need no quotes anywhere: deliberately fewer than YAML allows.
bool is_plain(const std::string& text) {
    const auto harmless = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("_.,/+-=").find(c) != std::string::npos;
    };
    if (text.empty() || !std::ranges::all_of(text, harmless)) return false;
    if (text == "null" || text == "Null" || text == "NULL" || text == "..." || text.front() == ',')
        return false;
    const bool number =
        text.size() > 1 && (std::isdigit(static_cast<unsigned char>(text[1])) != 0 || text[1] == '.');
    return text.front() != '=' && (text.front() != '-' || number);
}

std::string quoted(const std::string& text) {
    check(is_utf8(text), "[yaml] the text {} is not UTF-8", shown(text));
    if (is_plain(text)) return text;
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (c == '\n')
            out += "\\n";
        else if (byte < 0x20 || byte == 0x7F)
            out += fmt::format("\\x{:02x}", byte);
        else
            out += c;
    }
    return out + "\"";
}

void add(std::vector<Node>& nodes, std::string_view rest, const std::pair<std::string, std::string>& item) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    const std::string_view name = rest.substr(0, dot);
    const bool is_leaf = dot == rest.size();
    check(!name.empty(), "[yaml] the key {} has an empty part", shown(item.first));
    auto node = std::ranges::find(nodes, name, &Node::name);
    check(node == nodes.end() || (!is_leaf && !node->is_leaf),
          "[yaml] the key {} stands twice, or is both section and value", shown(item.first));
    if (node == nodes.end()) node = nodes.insert(nodes.end(), Node{std::string(name), {}, is_leaf, {}});
    if (is_leaf)
        node->value = item.second;
    else
        add(node->children, rest.substr(dot + 1), item);
}

void print(std::string& out, const std::vector<Node>& nodes, std::size_t depth) {
    for (const Node& node : nodes) {
        out.append(2 * depth, ' ');
        out += fmt::format("{}:{}{}\n", quoted(node.name), node.is_leaf ? " " : "",
                           node.is_leaf ? quoted(node.value) : "");
        print(out, node.children, depth + 1);
    }
}

}  // namespace

std::string yaml_text(const std::vector<std::pair<std::string, std::string>>& items) {
    std::vector<Node> root;
    for (const auto& item : items) add(root, item.first, item);
    std::string out;
    print(out, root, 0);
    return out;
}

void write_yaml(const std::filesystem::path& path,
                const std::vector<std::pair<std::string, std::string>>& items) {
    write_file_atomically(path, yaml_text(items));
}

}  // namespace mf

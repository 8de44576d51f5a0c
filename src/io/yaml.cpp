// SPDX-License-Identifier: MIT
// The reading half of io/yaml.hpp: the events of yaml-cpp's parser become dotted keys, without a tree in
// between.
#include "io/yaml.hpp"

#include <set>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "core/error.hpp"
#include "core/word_list.hpp"
#include "io/file.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

constexpr std::uint64_t kMostBytes = 1 << 20;

class Flattener : public YAML::EventHandler {
  public:
    explicit Flattener(std::string name) : name_(std::move(name)) {}

    std::vector<KeyValue> leaves;

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_anchors(mark); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchors(mark); }

    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
        if (levels_.empty()) return;  // a document of comments
        Level& level = levels_.back();
        if (!level.is_map) fail(mark, "an item of the list {} is missing", shown(level.prefix));
        if (!level.has_key) fail(mark, "a key is missing");
        // The mark may already be on the next line.
        throw UsageError(fmt::format("{}:{}: {} has no value", name_, level.key_line, shown(level.key)),
                         "write \"\" for an empty text, or remove the key");
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  const std::string& value) override {
        refuse_tags(mark, tag);
        if (levels_.empty()) fail(mark, "expected keys with values, got the text {}", shown(value));
        Level& level = levels_.back();
        if (!level.is_map)
            add_item(level, value);
        else if (!level.has_key)
            take_key(mark, level, value);
        else
            add_leaf(mark, value);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {
        refuse_tags(mark, tag);
        if (levels_.empty()) fail(mark, "expected keys with values, got a list");
        if (!levels_.back().is_map) fail(mark, "a list in the list {}", shown(levels_.back().prefix));
        if (!levels_.back().has_key) fail(mark, "a list cannot be a key");
        levels_.push_back(Level{.is_map = false, .prefix = levels_.back().key, .start = mark});
    }

    void OnSequenceEnd() override {
        const Level list = std::move(levels_.back());
        levels_.pop_back();
        add_leaf(list.start, list.joined);
    }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {
        refuse_tags(mark, tag);
        if (!levels_.empty() && !levels_.back().is_map)
            fail(mark, "a section (or a bracket that is not closed) in the list {}",
                 shown(levels_.back().prefix));
        if (!levels_.empty() && !levels_.back().has_key) fail(mark, "a section cannot be a key");
        levels_.push_back(Level{.prefix = levels_.empty() ? "" : levels_.back().key + "."});
    }

    void OnMapEnd() override {
        levels_.pop_back();
        if (!levels_.empty()) levels_.back().has_key = false;
    }

  private:
    struct Level {
        bool is_map = true;
        std::string prefix;  ///< of a section: "data."; of a list: its key
        YAML::Mark start = {};
        bool has_key = false;
        std::string key = {};  ///< the dotted key whose value comes next
        int key_line = 0;
        std::set<std::string> keys = {};
        std::string joined = {};
        bool has_items = false;
    };

    template <class... Args>
    [[noreturn]] void fail(const YAML::Mark& mark, fmt::format_string<Args...> text, Args&&... args) const {
        throw UsageError(fmt::format("{}:{}: ", name_, mark.line + 1) +
                         fmt::format(text, std::forward<Args>(args)...));
    }
    void refuse_anchors(const YAML::Mark& mark) const {
        fail(mark, "anchors and aliases (& and *) are not supported");
    }
    void refuse_tags(const YAML::Mark& mark, const std::string& tag) const {
        // "?" stands for a plain and "!" for a quoted scalar.
        if (!tag.empty() && tag != "?" && tag != "!") fail(mark, "the tag {} is not supported", shown(tag));
    }

    void take_key(const YAML::Mark& mark, Level& level, const std::string& key) {
        if (key.empty()) fail(mark, "a key is empty");
        if (!level.keys.insert(key).second) fail(mark, "the key {} stands twice", shown(level.prefix + key));
        level.key = level.prefix + key;
        level.key_line = mark.line + 1;
        level.has_key = true;
    }

    static void add_item(Level& level, const std::string& value) {
        if (level.has_items) level.joined += ',';
        level.joined += listed(value);
        level.has_items = true;
    }

    void add_leaf(const YAML::Mark& mark, const std::string& value) {
        Level& level = levels_.back();
        // "a.b: 1" and "a: {b: 2}" say the same key in two ways.
        if (!all_keys_.insert(level.key).second) fail(mark, "the key {} stands twice", shown(level.key));
        leaves.push_back({level.key, value, mark.line + 1});
        level.has_key = false;
    }

    std::string name_;
    std::vector<Level> levels_;
    std::set<std::string> all_keys_;
};

}  // namespace

std::vector<KeyValue> parse_yaml(const std::string& text, const std::string& name) {
    check_usage(text.size() <= kMostBytes, "{}: has {} bytes, expected a configuration of at most 1 MiB",
                name, text.size());
    std::istringstream stream(text);
    Flattener flattener(name);
    try {
        YAML::Parser parser(stream);
        if (parser.HandleNextDocument(flattener) && parser) {
            const std::size_t leaves = flattener.leaves.size();
            Flattener second(name);
            const bool more = parser.HandleNextDocument(second);
            check_usage(!more, "{}: holds several documents, expected one (the first has {} keys)", name,
                        leaves);
        }
    } catch (const YAML::Exception& e) {
        throw UsageError(fmt::format("{}:{}: not YAML: {}", name, e.mark.line + 1, one_line(e.msg)));
    }
    return std::move(flattener.leaves);
}

std::vector<KeyValue> read_yaml(const std::filesystem::path& path) {
    return parse_yaml(read_file(path, kMostBytes), path.string());
}

}  // namespace mf

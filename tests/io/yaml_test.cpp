// SPDX-License-Identifier: MIT
#include "io/yaml.hpp"

#include "core/rng.hpp"
#include "io/scratch.hpp"

namespace {

using namespace mf;
using namespace mf::test;

using Items = std::vector<std::pair<std::string, std::string>>;

Items items_of(const std::string& text) {
    Items out;
    for (const KeyValue& leaf : parse_yaml(text, "test.yaml")) out.emplace_back(leaf.key, leaf.value);
    return out;
}

/// The message of the UsageError; "" when there is none.
std::string usage_error(const std::string& text) {
    try {
        parse_yaml(text, "test.yaml");
    } catch (const UsageError& e) {
        return error_of([&] { throw e; });
    }
    return {};
}

TEST(Yaml, SectionsBecomeDottedKeys) {
    const std::string text =
        "# an experiment\n"
        "seed: 7\n"
        "data:\n"
        "  name: checkerboard   # the toy\n"
        "  size: [2, 3.5, 'x y']\n"
        "model: {name: mlp, depth: 4, head: {width: 8}}\n"
        "eval.steps:\n"
        "- 1\n"
        "- 2\n"
        "text: \"a: b\\n\"\n"
        "none: []\n"
        "nothing: {}\n"
        "empty: ''\n"
        "folded: >-\n"
        "  one\n"
        "  two\n";
    EXPECT_EQ(items_of(text), (Items{{"seed", "7"},
                                     {"data.name", "checkerboard"},
                                     {"data.size", "2,3.5,x y"},
                                     {"model.name", "mlp"},
                                     {"model.depth", "4"},
                                     {"model.head.width", "8"},
                                     {"eval.steps", "1,2"},
                                     {"text", "a: b\n"},
                                     {"none", ""},
                                     {"empty", ""},
                                     {"folded", "one two"}}));
    const auto leaves = parse_yaml(text, "x");
    EXPECT_EQ(leaves[0].line, 2);
    EXPECT_EQ(leaves[1].line, 4);
    EXPECT_EQ(leaves[2].line, 5);
}

TEST(Yaml, ListItemsWithCommasAreQuoted) {
    EXPECT_EQ(items_of("a: ['big, red', cat]\n"), (Items{{"a", "\"big, red\",cat"}}));
    EXPECT_EQ(items_of("a:\n- 'say \"hi\", now'\n- \"'x'\"\n"),
              (Items{{"a", "\"say \"\"hi\"\", now\",\"'x'\""}}));
}

TEST(Yaml, NothingIsAConfigurationToo) {
    EXPECT_TRUE(items_of("").empty());
    EXPECT_TRUE(items_of("# only words\n").empty());
    EXPECT_TRUE(items_of("---\n").empty());
    EXPECT_TRUE(items_of("{}").empty());
    EXPECT_EQ(items_of("---\na: 1\n...\n"), (Items{{"a", "1"}}));
    EXPECT_EQ(items_of("\xEF\xBB\xBF"
                       "a: 1\r\nb: 2\r\n"),
              (Items{{"a", "1"}, {"b", "2"}}));
}

TEST(Yaml, EverythingElseIsOneLineWithItsPlace) {
    EXPECT_EQ(usage_error("a: 1\nb:\n  c: 1\n  c: 2\n"), "test.yaml:4: the key 'b.c' stands twice");
    EXPECT_TRUE(has(usage_error("a: {b: 1}\na.b: 2\n"), "test.yaml:2: the key 'a.b' stands twice"));
    EXPECT_TRUE(has(usage_error("a: {b: 1}\na: {c: 2}\n"), "test.yaml:2: the key 'a' stands twice"));
    EXPECT_EQ(usage_error("a: [1, [2]]\n"), "test.yaml:1: a list in the list 'a'");
    EXPECT_TRUE(has(usage_error("a:\n- 1\n- b: 2\n"), "test.yaml:3: a section (or a bracket"));
    EXPECT_TRUE(has(usage_error("a: [1, ]\nb: [~]\n"), "test.yaml:2: an item of the list 'b' is missing"));
    EXPECT_TRUE(has(usage_error("a: 1\nb:\nc: 2\n"), "test.yaml:2: 'b' has no value"));
    EXPECT_TRUE(has(usage_error("a: null\n"), "'a' has no value"));
    EXPECT_TRUE(has(usage_error("a: &x 1\nb: *x\n"), "test.yaml:1: anchors and aliases"));
    EXPECT_TRUE(has(usage_error("a: *x\n"), "test.yaml:1: "));
    EXPECT_TRUE(has(usage_error("a: !!int 1\n"), "the tag"));
    EXPECT_TRUE(has(usage_error("- 1\n"), "test.yaml:1: expected keys with values, got a list"));
    EXPECT_TRUE(has(usage_error("hello\n"), "test.yaml:1: expected keys with values, got the text 'hello'"));
    EXPECT_TRUE(has(usage_error("a: 1\n---\nb: 2\n"), "several documents"));
    EXPECT_TRUE(has(usage_error("a: [1\n"), "a bracket that is not closed"));
    EXPECT_TRUE(has(usage_error("a: 1\n b: 2\n"), "not YAML"));
    EXPECT_TRUE(has(usage_error("? [a]\n: 1\n"), "a list cannot be a key"));
    EXPECT_TRUE(has(usage_error("? {a: 1}\n: 1\n"), "a section cannot be a key"));
    EXPECT_TRUE(has(usage_error("'': 1\n"), "a key is empty"));
    EXPECT_TRUE(has(usage_error("~: 1\n"), "a key is missing"));
    EXPECT_NE(usage_error(std::string(100000, '[')), "");
    EXPECT_NE(usage_error(std::string(100000, '{')), "");
    std::string deep = "a:";
    for (int i = 0; i < 20000; ++i) deep += " {a:";
    EXPECT_NE(usage_error(deep), "");
    EXPECT_TRUE(has(usage_error(std::string((1 << 20) + 1, ' ')), "at most 1 MiB"));
    const Scratch scratch;
    EXPECT_TRUE(has(error_of([&] { read_yaml(scratch / "none.yaml"); }), "there is no such file"));
}

TEST(Yaml, ABombOfAliasesIsRefusedAtOnce) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        bomb += fmt::format("a{}: &a{} [", i, i);
        for (int j = 0; j < 10; ++j) bomb += fmt::format("{}*a{}", j > 0 ? ", " : "", i - 1);
        bomb += "]\n";
    }
    EXPECT_TRUE(has(usage_error(bomb), "test.yaml:1: anchors and aliases"));
}

TEST(Yaml, WritingNestsAndReadingGivesTheSame) {
    const Items items = {{"seed", "7"},           {"data.name", "checkerboard"},
                         {"data.size", "1,2,4"},  {"out", "/tmp/a b"},
                         {"lr", "1e-3"},          {"minus", "-0.5"},
                         {"flag", "true"},        {"empty", ""},
                         {"tilde", "~"},          {"null_word", "null"},
                         {"colon", "a: b"},       {"hash", "a #b"},
                         {"quote", "\"'\\"},      {"lines", "a\nb\n"},
                         {"blank", " x "},        {"list", "[1, 2]"},
                         {"star", "*x"},          {"dash", "- a"},
                         {"control", "\x01\x04"}, {"unicode", "\xC3\xA9\xE2\x82\xAC"},
                         {"deep.a.b.c", "1"},     {"deep.a.b.d", "2"},
                         {"deep.e", "3"},         {"nul", std::string("a\0b", 3)}};
    const std::string text = yaml_text(items);
    EXPECT_EQ(items_of(text), items) << text;
    EXPECT_TRUE(has(text, "\ndata:\n  name: checkerboard\n  size: 1,2,4\n"));
    EXPECT_TRUE(has(text, "\ndeep:\n  a:\n    b:\n      c: 1\n      d: 2\n  e: 3\n"));
    const Scratch scratch;
    write_yaml(scratch / "config.yaml", items);
    EXPECT_EQ(slurp(scratch / "config.yaml"), text);
    EXPECT_EQ(read_yaml(scratch / "config.yaml").size(), items.size());
}

TEST(Yaml, AnyTextComesBack) {
    const char* const pieces[] = {":",
                                  " ",
                                  "#",
                                  "-",
                                  "?",
                                  ",",
                                  "[",
                                  "]",
                                  "{",
                                  "}",
                                  "&",
                                  "*",
                                  "!",
                                  "|",
                                  ">",
                                  "'",
                                  "\"",
                                  "%",
                                  "@",
                                  "`",
                                  "\n",
                                  "\r",
                                  "\t",
                                  "\x7F",
                                  "~",
                                  "a",
                                  "1",
                                  ".",
                                  "\\",
                                  "null",
                                  "y",
                                  "=",
                                  "<<",
                                  "\b",
                                  "\x1B",
                                  "\xC2\x85",
                                  "\xE2\x80\xA8",
                                  "\xEF\xBB\xBF",
                                  "\xF0\x9F\x8E\xA8",
                                  "---",
                                  "...",
                                  "0x",
                                  "\x04",
                                  "\xC2\xA0"};
    for (std::uint64_t i = 0; i < 3000; ++i) {
        std::string value;
        const auto draw = philox(5, Stream::test, i);
        for (std::uint32_t n = 0; n < draw[0] % 6; ++n)
            value += pieces[philox(6, Stream::test, i, n)[0] % std::size(pieces)];
        const Items items = {{"first", "1"}, {"key", value}, {"last.key", value}};
        ASSERT_EQ(items_of(yaml_text(items)), items) << testing::PrintToString(value);
    }
}

TEST(Yaml, WritingRefusesWhatCannotBeRead) {
    EXPECT_TRUE(has(error_of([] { yaml_text({{"a", "1"}, {"a", "2"}}); }), "'a' stands twice"));
    EXPECT_TRUE(has(error_of([] {
                        yaml_text({{"a", "1"}, {"a.b", "2"}});
                    }),
                    "'a.b' stands twice, or is both"));
    EXPECT_TRUE(has(error_of([] { yaml_text({{"a.b", "1"}, {"a", "2"}}); }), "'a' stands twice, or is both"));
    EXPECT_TRUE(has(error_of([] { yaml_text({{"a..b", "1"}}); }), "an empty part"));
    EXPECT_TRUE(has(error_of([] { yaml_text({{"a", "\xFF"}}); }), "not UTF-8"));
}

}  // namespace

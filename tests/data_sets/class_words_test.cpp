// SPDX-License-Identifier: MIT
// What people call classes, and in which order they stand.
#include "data/class_words.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "data/natural_order.hpp"

namespace {

using namespace mf;
using Names = std::vector<std::string>;
using Labels = std::vector<std::int32_t>;

TEST(NaturalOrder, NumbersCountAsNumbers) {
    Names names = {"10",
                   "2",
                   "1",
                   "b10",
                   "b9",
                   "B1",
                   "a",
                   "002",
                   "02",
                   "a1b10",
                   "a1b9",
                   "\xC3\xA4",
                   "z",
                   "",
                   "_",
                   "v1.10",
                   "v1.9",
                   "99999999999999999999999999",
                   "100000000000000000000000000"};
    std::ranges::sort(names, natural_less);
    EXPECT_EQ(names, (Names{"", "1", "002", "02", "2", "10", "99999999999999999999999999",
                            "100000000000000000000000000", "B1", "_", "a", "a1b9", "a1b10", "b9", "b10",
                            "v1.9", "v1.10", "z", "\xC3\xA4"}));
    for (const std::string& a : names) EXPECT_FALSE(natural_less(a, a)) << a;
}

struct Meaning {
    Labels labels;
    Names remarks;
};
Meaning meant(const std::string& text, const Names& names, std::int64_t count = -1) {
    const MeantClasses out =
        meant_classes(text, {names, count < 0 ? static_cast<std::int64_t>(names.size()) : count}, "--labels");
    return {out.labels, out.remarks};
}
std::string refusal(const std::string& text, const Names& names, std::int64_t count = -1) {
    try {
        meant(text, names, count);
    } catch (const UsageError& error) {
        return std::string(error.what()) + " | " + error.hint();
    }
    return "nothing";
}

TEST(ClassWords, NamesAndNumbers) {
    const Names names = {"cat", "dog", "big, red", "T-shirt/top", "\xC3\xA9lan", "chef's hat"};
    EXPECT_EQ(meant("cat", names).labels, (Labels{0}));
    EXPECT_EQ(meant("dog, 0,T-shirt/top,\xC3\xA9lan,chef's hat", names).labels, (Labels{1, 0, 3, 4, 5}));
    EXPECT_EQ(meant("big, red", names).labels, (Labels{2}));
    EXPECT_EQ(meant("dog,\"big, red\",'cat'", names).labels, (Labels{1, 2, 0}));
    EXPECT_EQ(meant("4,4", {}, 5).labels, (Labels{4, 4}));
    EXPECT_TRUE(meant("dog,0,\"big, red\"", names).remarks.empty());
    EXPECT_EQ(
        refusal("big,dog", names),
        "--labels: no class 'big'; there are 6 classes: cat, dog, \"big, red\", T-shirt/top, \xC3\xA9lan, "
        "chef's hat"
        " | did you mean \"big, red\"? in a list, a name with a comma wants quotes");
    EXPECT_EQ(refusal("6", names).substr(0, 22), "--labels: no class '6'");
    EXPECT_EQ(refusal("-1", names).substr(0, 23), "--labels: no class '-1'");
    EXPECT_EQ(refusal("'0'", names).substr(0, 22), "--labels: no class '0'");
    EXPECT_EQ(refusal("5", {}, 5), "--labels: no class '5'; there are 5 classes | ");
}

TEST(ClassWords, NamesWinOverNumbersWithARemark) {
    const Names numbers = {"1", "2", "10"};
    EXPECT_EQ(meant("1", numbers).labels, (Labels{0}));
    EXPECT_EQ(
        meant("1", numbers).remarks,
        (Names{"--labels: '1' is taken for the class of that name, which has number 0; number 1 is '2'"}));
    EXPECT_EQ(meant("10", numbers).labels, (Labels{2}));
    EXPECT_TRUE(meant("10", numbers).remarks.empty());
    EXPECT_EQ(refusal("0", numbers),
              "--labels: no class '0'; there are 3 classes: 1, 2, 10 | all classes are called by numbers "
              "here, so a "
              "number is a name, not a place");
    const Names digits = {"0", "1", "2"};
    EXPECT_EQ(meant("2,0", digits).labels, (Labels{2, 0}));
    EXPECT_TRUE(meant("2,0", digits).remarks.empty());
    const Names mixed = {"7", "cat", "1"};
    EXPECT_EQ(meant("1", mixed).labels, (Labels{2}));
    EXPECT_EQ(meant("1", mixed).remarks.size(), 1U);
    EXPECT_EQ(meant("0", mixed).labels, (Labels{0}));
    EXPECT_EQ(meant("0", mixed).remarks,
              (Names{"--labels: no class is called '0', so it is taken for a number: that of '7'"}));
    EXPECT_EQ(meant("a,b", {"a", "b", "a,b"}).labels, (Labels{2}));
    EXPECT_EQ(meant("a,b", {"a", "b", "a,b"}).remarks,
              (Names{"--labels: 'a,b' is taken for the class of that name, not for a list"}));
    EXPECT_EQ(meant("a, b", {"a", "b", "a,b"}).labels, (Labels{0, 1}));
    EXPECT_EQ(meant("0,1,2,3,4", {"5", "0", "1", "2", "3", "4"}).remarks.size(), 4U);
}

TEST(ClassWords, TheNearestNameIsAHint) {
    const Names names = {"cat", "Hot Dog", "truck", "01"};
    const auto hint = [&](const std::string& word) {
        return refusal(word, names).substr(refusal(word, names).find(" | ") + 3);
    };
    EXPECT_EQ(hint("Cat"), "did you mean cat?");
    EXPECT_EQ(hint("CAT"), "did you mean cat?");
    EXPECT_EQ(hint("hot dog"), "did you mean Hot Dog?");
    EXPECT_EQ(hint("trukc"), "did you mean truck?");
    EXPECT_EQ(hint("'HOT DOG'"), "did you mean Hot Dog?");
    EXPECT_EQ(hint("aeroplane"), "");
    EXPECT_EQ(nearest_class("1", {"01", "02"}), "01");
    EXPECT_EQ(nearest_class("3", {"01", "02"}), "");
    EXPECT_EQ(some_of({"a", "b", "c"}, 2), "a, b and 1 more");
}

}  // namespace

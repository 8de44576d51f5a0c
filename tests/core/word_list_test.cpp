// SPDX-License-Identifier: MIT
#include "core/word_list.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace mf;

std::vector<std::string> texts(std::string_view list) {
    std::vector<std::string> out;
    for (const ListedWord& word : split_words(list)) out.push_back((word.quoted ? "q:" : "") + word.text);
    return out;
}
using Texts = std::vector<std::string>;

TEST(WordList, SplitsAtCommasOutsideOfQuotes) {
    EXPECT_EQ(texts(""), Texts{});
    EXPECT_EQ(texts("cat"), Texts{"cat"});
    EXPECT_EQ(texts(" cat , dog,3 "), (Texts{"cat", "dog", "3"}));
    EXPECT_EQ(texts("cat,\"big, red\" , 'x'"), (Texts{"cat", "q:big, red", "q:x"}));
    EXPECT_EQ(texts("' a '"), (Texts{"q: a "}));
    EXPECT_EQ(texts("a,,b,"), (Texts{"a", "", "b"}));
    EXPECT_EQ(texts("\"say \"\"hi\"\"\",''"), (Texts{"q:say \"hi\"", "q:"}));
}

TEST(WordList, QuotesInsideOfWordsAreLetters) {
    EXPECT_EQ(texts("chef's hat,rock'n'roll"), (Texts{"chef's hat", "rock'n'roll"}));
    EXPECT_EQ(texts("'x' y,\"open,z"), (Texts{"'x' y", "\"open", "z"}));
    EXPECT_EQ(split_words(" 'x' ")[0].typed, "'x'");
}

TEST(WordList, ListedIsTheReverse) {
    for (const std::string word :
         {"cat", "big, red", " a ", "", "'x'", "\"", "say \"hi\"", "a,'b',\"c\"", "T-shirt/top"}) {
        const std::vector<ListedWord> words = split_words(listed(word) + "," + listed(word));
        ASSERT_EQ(words.size(), 2U) << word;
        EXPECT_EQ(words[0].text, word);
        EXPECT_EQ(words[1].text, word);
    }
    EXPECT_EQ(listed("T-shirt/top"), "T-shirt/top");
}

}  // namespace

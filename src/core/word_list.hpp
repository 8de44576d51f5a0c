// SPDX-License-Identifier: MIT
// Lists of words as people type them: cat, "big, red", 'x'.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mf {

/// One word of a list.
struct ListedWord {
    std::string text;     ///< without the blanks and the quotes around it
    bool quoted = false;  ///< it stood in quotes
    std::string typed;    ///< as it stood there, quotes and all
};

/// Splits at the commas outside of quotes. A word is quoted when its first character is " or ' and the same one ends it;
/// twice the same quote within stands for one. "" gives no word; quotes that never close are part of the word.
std::vector<ListedWord> split_words(std::string_view text);

/// The reverse for one word: quotes around it where split_words would not give it back otherwise.
std::string listed(const std::string& word);
/// The same for a list.
std::string listed(const std::vector<std::string>& words);

}  // namespace mf

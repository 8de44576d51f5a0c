// SPDX-License-Identifier: MIT
#include "core/word_list.hpp"

#include <algorithm>

namespace mf {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// Length of the quoted word that `text` starts with, or 0: it must end at a comma or at the end of the text.
std::size_t quoted_length(std::string_view text) {
    if (text.empty() || (text[0] != '"' && text[0] != '\'')) return 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] != text[0]) continue;
        if (i + 1 < text.size() && text[i + 1] == text[0]) {
            ++i;
            continue;
        }
        const std::size_t next = text.find_first_not_of(' ', i + 1);
        return next == std::string_view::npos || text[next] == ',' ? i + 1 : 0;
    }
    return 0;
}

std::string without_quotes(std::string_view word) {
    std::string out;
    for (std::size_t i = 1; i + 1 < word.size(); ++i) {
        out += word[i];
        if (word[i] == word[0]) ++i;
    }
    return out;
}

}  // namespace

std::vector<ListedWord> split_words(std::string_view text) {
    std::vector<ListedWord> words;
    while (!text.empty()) {
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        const std::size_t quoted = quoted_length(text);
        const std::size_t comma = std::min(text.find(',', quoted), text.size());
        const std::string_view typed = trimmed(text.substr(0, comma));
        words.push_back(
            {quoted > 0 ? without_quotes(typed) : std::string(typed), quoted > 0, std::string(typed)});
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return words;
}

std::string listed(const std::string& word) {
    const bool opens = word.starts_with('"') || word.starts_with('\'');
    if (!word.empty() && !opens && trimmed(word) == word && word.find(',') == std::string::npos) return word;
    std::string out = "\"";
    for (const char c : word) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
}

std::string listed(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
        if (&word != words.data()) out += ',';
        out += listed(word);
    }
    return out;
}

}  // namespace mf

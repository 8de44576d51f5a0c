// SPDX-License-Identifier: MIT
#include "data/class_choice.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/options.hpp"

namespace mf {
namespace {

/// The class that a word means, or names.size().
std::size_t find_class(const std::vector<std::string>& names, const std::string& word) {
    const auto named = static_cast<std::size_t>(std::ranges::find(names, word) - names.begin());
    if (named < names.size()) return named;
    std::size_t number = names.size();
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool whole = code == std::errc() && end == word.data() + word.size();
    return whole ? std::min(number, names.size()) : names.size();
}

}  // namespace

ClassChoice choose_classes(const std::vector<std::string>& names, const std::vector<std::string>& wanted) {
    if (wanted.empty()) {
        ClassChoice all{names, std::vector<std::int32_t>(names.size())};
        std::iota(all.label_of.begin(), all.label_of.end(), 0);
        return all;
    }
    check_usage(!names.empty(), "data.classes={}: these pictures have no classes", fmt::join(wanted, ","));
    ClassChoice out{{}, std::vector<std::int32_t>(names.size(), -1)};
    for (const std::string& word : wanted) {
        const std::size_t found = find_class(names, word);
        if (found == names.size()) {
            const std::string near = nearest(word, names);
            throw UsageError(fmt::format("data.classes: no class '{}'; there are {} classes: {}", word,
                                         names.size(), fmt::join(names, ", ")),
                             near.empty() ? "" : "did you mean " + near + "?");
        }
        check_usage(out.label_of[found] < 0, "data.classes: class '{}' is named twice", word);
        out.label_of[found] = static_cast<std::int32_t>(out.names.size());
        out.names.push_back(names[found]);
    }
    return out;
}

}  // namespace mf

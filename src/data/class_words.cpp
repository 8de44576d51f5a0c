// SPDX-License-Identifier: MIT
#include "data/class_words.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/options.hpp"
#include "core/word_list.hpp"

namespace mf {
namespace {

bool is_number(std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

bool all_numbers(const std::vector<std::string>& names) {
    return !names.empty() && std::ranges::all_of(names, is_number);
}

/// The number that a word is, where there are so many classes.
std::optional<std::int32_t> number_of(std::string_view word, std::int64_t count) {
    std::int32_t number = 0;
    if (!is_number(word)) return std::nullopt;
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (code != std::errc() || number >= count) return std::nullopt;
    return number;
}

std::optional<std::int32_t> named(const ClassSet& classes, std::string_view word) {
    const auto found = std::ranges::find(classes.names, word);
    if (found == classes.names.end()) return std::nullopt;
    return static_cast<std::int32_t>(found - classes.names.begin());
}

std::string_view without_zeros(std::string_view number) {
    return number.substr(std::min(number.find_first_not_of('0'), number.size()));
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// A name with a comma that a list fell apart at: "big" of "big, red".
std::string torn_name(std::string_view word, const std::vector<std::string>& names) {
    for (const std::string& name : names)
        if (word.size() < name.size() && name.starts_with(word) && name[word.size()] == ',') return name;
    return "";
}

[[noreturn]] void refuse(const ListedWord& word, const ClassSet& classes, const std::string& option) {
    const auto& names = classes.names;
    std::string hint;
    if (const std::string torn = torn_name(word.text, names); !torn.empty())
        hint = fmt::format("did you mean {}? in a list, a name with a comma wants quotes", listed(torn));
    else if (const std::string near = nearest_class(word.text, names); !near.empty())
        hint = fmt::format("did you mean {}?", listed(near));
    else if (is_number(word.text) && all_numbers(names))
        hint = "all classes are called by numbers here, so a number is a name, not a place";
    const std::string what =
        classes.of_model
            ? fmt::format("'{}' is no class of this model; it has 0 to {}", word.text, classes.count - 1)
            : fmt::format("no class '{}'; there are {} classes", word.text, classes.count);
    throw UsageError(fmt::format("{}: {}{}{}", option, what, names.empty() ? "" : ": ", some_of(names)),
                     hint);
}

/// The class that one word means; what could be misunderstood goes to `remarks`.
std::int32_t meant_class(const ListedWord& word, const ClassSet& classes, const std::string& option,
                         std::vector<std::string>& remarks) {
    if (const auto label = named(classes, word.typed)) {
        const auto number = number_of(word.typed, classes.count);
        if (number && *number != *label)
            remarks.push_back(fmt::format(
                "{}: '{}' is taken for the class of that name, which has number {}; "
                "number {} is '{}'",
                option, word.typed, *label, *number, classes.names[static_cast<std::size_t>(*number)]));
        return *label;
    }
    if (const auto label = named(classes, word.text)) return *label;
    const auto number = number_of(word.text, classes.count);
    if (word.quoted || !number || all_numbers(classes.names)) refuse(word, classes, option);
    if (std::ranges::any_of(classes.names, is_number))
        remarks.push_back(
            fmt::format("{}: no class is called '{}', so it is taken for a number: that of '{}'", option,
                        word.text, classes.names[static_cast<std::size_t>(*number)]));
    return *number;
}

}  // namespace

MeantClasses meant_classes(const std::string& text, const ClassSet& classes, const std::string& option) {
    MeantClasses out;
    const bool whole = named(classes, text).has_value();
    const std::vector<ListedWord> words =
        whole ? std::vector<ListedWord>{{text, false, text}} : split_words(text);
    for (const ListedWord& word : words)
        out.labels.push_back(meant_class(word, classes, option, out.remarks));
    constexpr std::size_t most_remarks = 3;
    if (out.remarks.size() > most_remarks) {
        const std::size_t more = out.remarks.size() - most_remarks;
        out.remarks.resize(most_remarks);
        out.remarks.push_back(fmt::format("{}: and so on with {} more", option, more));
    }
    if (whole && text.find(',') != std::string::npos) {
        const auto parts = split_words(text);
        if (std::ranges::all_of(parts,
                                [&](const auto& part) { return named(classes, part.text).has_value(); }))
            out.remarks.push_back(
                fmt::format("{}: '{}' is taken for the class of that name, not for a list", option, text));
    }
    return out;
}

std::string nearest_class(std::string_view word, const std::vector<std::string>& names) {
    if (is_number(
            word)) {  // of two numbers each is near the other, which says nothing, but for leading zeros
        const auto same = std::ranges::find_if(names, [&](const std::string& name) {
            return is_number(name) && without_zeros(name) == without_zeros(word);
        });
        return same == names.end() ? "" : *same;
    }
    std::vector<std::string> candidates;
    for (const std::string& name : names) candidates.push_back(lower(name));
    const std::string low = lower(word);
    auto found = std::ranges::find(candidates, low);
    if (found == candidates.end()) found = std::ranges::find(candidates, nearest(low, candidates));
    return found == candidates.end() ? "" : names[static_cast<std::size_t>(found - candidates.begin())];
}

std::string classes_text(const std::vector<std::string>& names) {
    return names.empty() ? "none" : fmt::format("{}: {}", names.size(), some_of(names, 6));
}

std::string some_of(const std::vector<std::string>& names, std::size_t most) {
    std::vector<std::string> shown;
    for (const std::string& name : std::span(names).first(std::min(most, names.size())))
        shown.push_back(name.find(',') == std::string::npos ? name : listed(name));
    return fmt::format("{}{}", fmt::join(shown, ", "),
                       names.size() > most ? fmt::format(" and {} more", names.size() - most) : "");
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "core/options.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/word_list.hpp"

namespace mf {
namespace {

bool parse(std::string_view text, double& out) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    return code == std::errc() && end == text.data() + text.size() && std::isfinite(out);
}

bool parse(std::string_view text, std::int64_t& out) {
    auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    return code == std::errc() && end == text.data() + text.size();
}

bool parse_flag(const std::string& text, bool& out) {
    const bool yes = text == "true" || text == "yes" || text == "on" || text == "1";
    const bool no = text == "false" || text == "no" || text == "off" || text == "0";
    out = yes;
    return yes || no;
}

template <class T>
bool in_range(const Option& option, std::string_view text) {
    T value{};
    return parse(text, value) && static_cast<double>(value) >= option.least &&
           static_cast<double>(value) <= option.most;
}

bool is_choice(const Option& option, const std::string& text) {
    return option.choices.empty() || std::ranges::find(option.choices, text) != option.choices.end();
}

bool is_legal(const Option& option, const std::string& text) {
    const std::vector<std::string> parts = split_list(text);
    bool ignored = false;
    switch (option.kind) {
        case OptionKind::flag:
            return parse_flag(text, ignored);
        case OptionKind::integer:
            return in_range<std::int64_t>(option, text);
        case OptionKind::real:
            return in_range<double>(option, text);
        case OptionKind::text:
            return is_choice(option, text);
        case OptionKind::reals:
            return std::ranges::all_of(parts, [&](const auto& p) { return in_range<double>(option, p); });
        case OptionKind::integers:
            return std::ranges::all_of(parts,
                                       [&](const auto& p) { return in_range<std::int64_t>(option, p); });
        case OptionKind::texts:
            return std::ranges::all_of(parts, [&](const auto& p) { return is_choice(option, p); });
    }
    return false;
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view part = text.substr(0, comma);
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
        parts.emplace_back(part);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return parts;
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        std::vector<std::size_t> row(candidate.size() + 1);
        std::iota(row.begin(), row.end(), 0U);
        for (std::size_t i = 0; i < word.size(); ++i) {
            std::size_t diagonal = row[0]++;
            for (std::size_t j = 0; j < candidate.size(); ++j) {
                const std::size_t replaced = diagonal + (word[i] == candidate[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
            }
        }
        // "lr" is near "optim.lr": a missing room name costs nothing.
        const bool tail = candidate.size() > word.size() && candidate.ends_with(word) &&
                          candidate[candidate.size() - word.size() - 1] == '.';
        const std::size_t distance = tail ? 0 : row.back();
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string describe(const Option& option) {
    if (!option.choices.empty())
        return fmt::format("{} of {}", option.kind == OptionKind::texts ? "any" : "one",
                           fmt::join(option.choices, "|"));
    std::string range;
    if (std::isfinite(option.least) && std::isfinite(option.most))
        range = fmt::format(" in [{}, {}]", option.least, option.most);
    else if (std::isfinite(option.least))
        range = fmt::format(" >= {}", option.least);
    else if (std::isfinite(option.most))
        range = fmt::format(" <= {}", option.most);
    switch (option.kind) {
        case OptionKind::flag:
            return "true or false";
        case OptionKind::integer:
            return "an integer" + range;
        case OptionKind::real:
            return "a number" + range;
        case OptionKind::text:
            return "text";
        case OptionKind::reals:
            return "numbers" + range + " separated by commas";
        case OptionKind::integers:
            return "integers" + range + " separated by commas";
        case OptionKind::texts:
            return "words separated by commas";
    }
    return {};
}

void check_option_text(const Option& option, const std::string& text) {
    if (is_legal(option, text)) return;
    const std::string near = nearest(text, option.choices);
    std::string hint = option.help;
    if (!near.empty())
        hint = fmt::format("did you mean {}={}?", option.key, near);
    else if (!option.initial.empty())
        hint = fmt::format("{} (default: {})", option.help, option.initial);
    throw UsageError(fmt::format("{}: '{}' is not {}", option.key, text, describe(option)), hint);
}

Settings::Settings(const OptionTable& table) { extend(table); }

void Settings::extend(const OptionTable& table) {
    for (const Option& option : table) {
        check(!has(option.key), "[options] key {} is declared twice", option.key);
        check(is_legal(option, option.initial), "[options] the default '{}' of {} is not legal",
              option.initial, option.key);
        index_[option.key] = table_.size();
        table_.push_back(option);
        values_.push_back(option.initial);
        touched_.push_back(false);
    }
}

void Settings::set(const std::string& key, const std::string& text) {
    const auto found = index_.find(key);
    if (found == index_.end()) {
        std::vector<std::string> keys;
        for (const Option& option : table_) keys.push_back(option.key);
        const std::string near = nearest(key, keys);
        throw UsageError(fmt::format("unknown key '{}'", key), near.empty()
                                                                   ? "'meanflow info keys' lists every key"
                                                                   : fmt::format("did you mean {}?", near));
    }
    check_option_text(table_[found->second], text);
    values_[found->second] = text;
    touched_[found->second] = true;
}

bool Settings::was_set(const std::string& key) const {
    const auto found = index_.find(key);
    return found != index_.end() && touched_[found->second];
}

std::size_t Settings::at(const std::string& key, OptionKind kind) const {
    const auto found = index_.find(key);
    check(found != index_.end(), "[options] no key {} in this table", key);
    check(table_[found->second].kind == kind, "[options] key {} is read as another type than declared", key);
    return found->second;
}

bool Settings::flag(const std::string& key) const {
    bool value = false;
    parse_flag(values_[at(key, OptionKind::flag)], value);
    return value;
}

std::int64_t Settings::integer(const std::string& key) const {
    std::int64_t value = 0;
    parse(values_[at(key, OptionKind::integer)], value);
    return value;
}

double Settings::real(const std::string& key) const {
    double value = 0;
    parse(values_[at(key, OptionKind::real)], value);
    return value;
}

const std::string& Settings::text(const std::string& key) const { return values_[at(key, OptionKind::text)]; }

std::vector<double> Settings::reals(const std::string& key) const {
    std::vector<double> out;
    for (const std::string& part : split_list(values_[at(key, OptionKind::reals)]))
        parse(part, out.emplace_back());
    return out;
}

std::vector<std::int64_t> Settings::integers(const std::string& key) const {
    std::vector<std::int64_t> out;
    for (const std::string& part : split_list(values_[at(key, OptionKind::integers)]))
        parse(part, out.emplace_back());
    return out;
}

std::vector<std::string> Settings::texts(const std::string& key) const {
    std::vector<std::string> out;
    for (ListedWord& word : split_words(values_[at(key, OptionKind::texts)]))
        out.push_back(std::move(word.text));
    return out;
}

std::vector<std::pair<std::string, std::string>> Settings::items() const {
    std::vector<std::pair<std::string, std::string>> out;
    for (std::size_t i = 0; i < table_.size(); ++i) out.emplace_back(table_[i].key, values_[i]);
    return out;
}

}  // namespace mf

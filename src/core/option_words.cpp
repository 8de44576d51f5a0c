// SPDX-License-Identifier: MIT
#include "core/option_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace mf {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

/// The option that begins at `at`, or nothing.
std::string_view option_at(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    const bool alone = at == 0 || text[at - 1] == ' ' || text[at - 1] == '(';
    if (!alone || rest.size() < 3 || !rest.starts_with("--") || !is_lower(rest[2])) return {};
    std::size_t end = 2;
    while (end < rest.size() &&
           (is_lower(rest[end]) || (rest[end] == '-' && end + 1 < rest.size() && is_lower(rest[end + 1]))))
        ++end;
    return rest.substr(0, end);
}

/// True where " 4: ..." or " none ..." follows an option, its value: no further word of the sentence.
bool value_follows(std::string_view rest) {
    if (rest.size() < 2 || rest[0] != ' ') return false;
    const std::string_view word = rest.substr(1, rest.find_first_of(" ,:;)", 1) - 1);
    constexpr std::array values = {"none", "random", "online", "euler", "heun", "average",
                                   "sd",   "f32",    "bf16",   "cpu",   "auto", "opencl"};
    const auto upper = [](unsigned char c) { return std::isupper(c) != 0; };
    return !word.empty() &&
           (std::isdigit(static_cast<unsigned char>(word[0])) != 0 || std::ranges::all_of(word, upper) ||
            word.starts_with("ema_") || std::ranges::find(values, word) != values.end());
}

bool is_identifier(std::string_view name) {
    return std::ranges::all_of(name, [](char c) { return is_lower(c) || c == '_'; });
}

}  // namespace

std::string OptionWords::name_of(std::string_view option) const {
    if (const auto found = names_.find(option); found != names_.end()) return found->second;
    std::string out(option);
    if (others_ == Others::stay) return out;
    out.erase(0, 2);
    std::ranges::replace(out, '-', '_');
    return out;
}

std::string OptionWords::operator()(std::string_view message) const {
    std::string out;
    for (std::size_t at = 0; at < message.size();) {
        const std::string_view rest = message.substr(at);
        if (rest.starts_with("'meanflow ")) {
            const std::string_view command = rest.substr(0, rest.find('\'', 1));
            out += command;
            at += command.size();
            continue;
        }
        const std::string_view option = option_at(message, at);
        if (option.empty()) {
            out += message[at++];
            continue;
        }
        const std::string name = name_of(option);
        out += name;
        at += option.size();
        if (is_identifier(name) && value_follows(message.substr(at))) {
            out += '=';
            ++at;
        }
    }
    return out;
}

}  // namespace mf

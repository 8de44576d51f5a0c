// SPDX-License-Identifier: MIT
#include "cli/command.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "ops/devices.hpp"

namespace mf::cli {
namespace {

const Option* find(const OptionTable& table, const std::string& key) {
    const auto found = std::ranges::find(table, key, &Option::key);
    return found == table.end() ? nullptr : &*found;
}

/// "optim.lr=1e-3" is an override; "a=b.png" is not taken for one by commands that have none.
bool looks_like_override(const std::string& word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0 || word[0] < 'a' || word[0] > 'z') return false;
    return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '.';
    });
}

[[noreturn]] void throw_unknown(const Command& command, const OptionTable& table, const std::string& key) {
    std::vector<std::string> keys;
    for (const Option& option : table) keys.push_back(option.key);
    const std::string near = nearest(key, keys);
    throw UsageError(fmt::format("{} has no option {}", command.name, key),
                     near.empty() ? fmt::format("'meanflow {} --help' lists them", command.name)
                                  : fmt::format("did you mean {}?", near));
}

std::string placeholder(const Option& option) {
    switch (option.kind) {
        case OptionKind::flag:
            return "";
        case OptionKind::integer:
            return " N";
        case OptionKind::real:
            return " X";
        case OptionKind::integers:
            return " N,N,...";
        case OptionKind::reals:
            return " X,X,...";
        case OptionKind::text:
        case OptionKind::texts:
            return option.choices.empty() ? " TEXT" : " WORD";
    }
    return "";
}

void check_words(const Command& command, const Invocation& invocation) {
    const std::size_t given = invocation.words.size();
    if (given >= command.least_words && given <= command.most_words) return;
    const bool few = given < command.least_words;
    // "precision=bf16" where there is an option --precision.
    if (!few && looks_like_override(invocation.words[command.most_words])) {
        const std::string& word = invocation.words[command.most_words];
        const std::string key = "--" + word.substr(0, word.find('='));
        if (invocation.options.has(key))
            throw UsageError(fmt::format("{} takes no keys of a configuration, got '{}'", command.name, word),
                             fmt::format("the option is {} {}", key, word.substr(word.find('=') + 1)));
    }
    throw UsageError(few ? fmt::format("{}: something is missing", command.name)
                         : fmt::format("{}: '{}' is one word too many", command.name,
                                       invocation.words[command.most_words]),
                     fmt::format("meanflow {} {}", command.name, command.usage));
}

}  // namespace

OptionTable all_options(const Command& command) {
    OptionTable table = command.options;
    if (command.takes_device)
        table.push_back({"--device", OptionKind::text, "cpu",
                         fmt::format("what computes: {}; cuda is untested on hardware; 'meanflow info "
                                     "devices' lists what is here",
                                     kDeviceWords)});
    if (command.has_results)
        table.push_back(
            {"--json", OptionKind::flag, "false", "results as JSON, and nothing else, on standard output"});
    const OptionTable common = {
        {"--seed", OptionKind::integer, "0", "seed of whatever is drawn at random", 0, 9007199254740992.0},
        {"--threads", OptionKind::integer, "0", "threads; 0 takes every core", 0, 1024},
        {"--quiet", OptionKind::flag, "false", "no progress, no remarks"},
    };
    for (const Option& option : common)
        if (find(table, option.key) == nullptr) table.push_back(option);
    return table;
}

Invocation read_arguments(const Command& command, std::span<const std::string> arguments) {
    const OptionTable table = all_options(command);
    Invocation out{Settings(table), {}, {}};
    bool only_words = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        if (only_words || !word.starts_with("--")) {
            const bool override_ = command.takes_overrides && looks_like_override(word) && !only_words;
            (override_ ? out.overrides : out.words).push_back(word);
            continue;
        }
        if (word == "--") {
            only_words = true;
            continue;
        }
        const std::size_t equals = word.find('=');
        const std::string key = word.substr(0, equals);
        const Option* option = find(table, key);
        if (option == nullptr) throw_unknown(command, table, key);
        if (equals != std::string::npos) {
            out.options.set(key, word.substr(equals + 1));
        } else if (option->kind == OptionKind::flag) {
            out.options.set(key, "true");
        } else {
            check_usage(i + 1 < arguments.size(), "{} wants {} after it", key, describe(*option));
            out.options.set(key, arguments[++i]);
        }
    }
    check_words(command, out);
    return out;
}

void refuse_options(const Invocation& invocation, std::initializer_list<const char*> keys,
                    const std::string& why, const std::string& hint) {
    for (const char* key : keys)
        if (invocation.options.was_set(key)) throw UsageError(fmt::format("{} {}", key, why), hint);
}

std::string help_of(const Command& command) {
    std::string out = fmt::format("meanflow {}: {}\n\nusage: meanflow {} {}\n\n", command.name,
                                  command.summary, command.name, command.usage);
    for (const Option& option : all_options(command)) {
        const std::string left = option.key + placeholder(option);
        const bool shows_default = option.kind != OptionKind::flag && !option.initial.empty();
        std::string right = option.help;
        if (!option.choices.empty()) right += "; " + describe(option);
        if (shows_default) right += fmt::format(" [{}]", option.initial);
        out += fmt::format("  {:<24} {}\n", left, right);
    }
    out += fmt::format("  {:<24} {}\n", "--help", "this screen");
    if (command.takes_overrides)
        out += "  key=value ...            any configuration key: 'meanflow info keys' lists them\n";
    return out + "\nexample:\n" + command.example + "\n";
}

}  // namespace mf::cli

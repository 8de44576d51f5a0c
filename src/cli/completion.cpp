// SPDX-License-Identifier: MIT
#include "cli/completion.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "train/build_info.hpp"
#include "train/choices.hpp"
#include "train/config.hpp"
#include "train/trainer.hpp"

namespace mf::cli {
namespace {

using Candidates = std::vector<Candidate>;

Candidates beginning_with(const std::string& start, Candidates all) {
    std::erase_if(all, [&](const Candidate& one) { return !one.word.starts_with(start); });
    return all;
}

/// First words, or the second ones of "data", "bench".
Candidates command_words(std::span<const Command> commands, const std::string& first) {
    Candidates out;
    for (const Command& command : commands) {
        const std::size_t space = command.name.find(' ');
        const std::string group = space == std::string::npos ? "" : command.name.substr(0, space);
        if (!first.empty()) {
            if (group == first) out.push_back({command.name.substr(space + 1), command.summary});
        } else if (group.empty()) {
            out.push_back({command.name, command.summary});
        } else if (out.empty() || out.back().word != group) {
            out.push_back({group, fmt::format("commands of two words: {} ...", group)});
        }
    }
    if (first.empty())
        out.insert(out.end(), {{"--version", "which build this is"}, {"--help", "the screen of commands"}});
    return out;
}

/// Words that the usage names as they are: "ops" and "keys" of "[FILE|ops|keys] [--json]".
Candidates usage_words(const Command& command) {
    Candidates out;
    std::string word;
    const std::string usage = command.usage.substr(0, command.usage.find("--")) + " ";
    for (const char c : usage) {
        if (c != ' ' && c != '|' && c != '[' && c != ']') {
            word += c;
            continue;
        }
        const bool plain =
            std::ranges::all_of(word, [](char l) { return (l >= 'a' && l <= 'z') || l == '-'; });
        if (!word.empty() && plain) out.push_back({word, ""});
        word.clear();
    }
    return out;
}

/// Those that `words` and the configuration among them leave: the keys of another model or data set are none.
OptionTable keys_of(std::span<const std::string> words) {
    std::vector<ConfigItem> items;
    for (const std::string& word : words)
        for (const EmbeddedFile& file : embedded_configs())
            if (word == file.name) items = read_config(word);
    for (const std::string& word : words)
        if (word.find('=') != std::string::npos && !word.starts_with('-'))
            items.push_back(parse_override(word));
    OptionTable out = choice_options();
    for (const OptionTable& table : {Trainer::options(), run_options()})
        out.insert(out.end(), table.begin(), table.end());
    for (const Choice& choice : all_choices()) {
        std::string name = choice.initial;
        for (const ConfigItem& item : items)
            if (item.key == choice.key) name = item.value;
        for (const ChoiceEntry& entry : choice.entries)
            if (entry.name == name) out.insert(out.end(), entry.options.begin(), entry.options.end());
    }
    return out;
}

/// What may follow an option or "key=", behind `before`.
Candidates values_of(const Option& option, const std::string& before) {
    Candidates out;
    for (const std::string& word : option.choices) out.push_back({before + word, ""});
    if (option.kind == OptionKind::flag)
        for (const char* word : {"true", "false"}) out.push_back({before + word, ""});
    for (const Choice& choice : all_choices())
        if (choice.key == option.key) {
            out.clear();
            for (const ChoiceEntry& entry : choice.entries) out.push_back({before + entry.name, entry.help});
        }
    return out;
}

const Option* option_of(const OptionTable& table, const std::string& key) {
    const auto found = std::ranges::find(table, key, &Option::key);
    return found == table.end() ? nullptr : &*found;
}

/// Keys, or the values of the one before '='.
Candidates overrides_for(std::span<const std::string> before, const std::string& current) {
    const OptionTable keys = keys_of(before);
    const std::size_t equals = current.find('=');
    if (equals != std::string::npos) {
        const Option* const option = option_of(keys, current.substr(0, equals));
        return option == nullptr ? Candidates{} : values_of(*option, current.substr(0, equals + 1));
    }
    Candidates out;
    for (const Option& option : keys) out.push_back({option.key + "=", option.help});
    return out;
}

/// Behind a command's name.
Candidates for_command(const Command& command, std::span<const std::string> before,
                       const std::string& current) {
    const OptionTable table = all_options(command);
    const Option* const last = before.empty() ? nullptr : option_of(table, before.back());
    if (last != nullptr && last->kind != OptionKind::flag) return values_of(*last, "");
    Candidates out;
    if (current.starts_with('-')) {
        const std::size_t equals = current.find('=');
        if (equals != std::string::npos) {
            const Option* const option = option_of(table, current.substr(0, equals));
            return option == nullptr ? out : values_of(*option, current.substr(0, equals + 1));
        }
        for (const Option& option : table)
            if (std::ranges::find(before, option.key) == before.end())
                out.push_back({option.key, option.help});
        out.push_back({"--help", "what this command takes"});
        return out;
    }
    const auto is_word = [](const std::string& word) {
        return !word.starts_with('-') && word.find('=') == std::string::npos;
    };
    const bool first = std::ranges::none_of(before, is_word);
    if (first) out = usage_words(command);
    if (command.usage.find("CONFIG") != std::string::npos ? first
                                                          : before.size() == 1 && before[0] == "config")
        for (const EmbeddedFile& file : embedded_configs())
            out.push_back({std::string(file.name), "a configuration"});
    if (command.takes_overrides && (!first || !current.empty())) {
        Candidates keys = overrides_for(before, current);
        out.insert(out.end(), keys.begin(), keys.end());
    }
    return out;
}

}  // namespace

std::vector<Candidate> complete(std::span<const Command> commands, std::span<const std::string> words) {
    const std::string current = words.empty() ? "" : words.back();
    const std::span<const std::string> before = words.first(words.empty() ? 0 : words.size() - 1);
    if (before.empty()) return beginning_with(current, command_words(commands, ""));
    for (const std::size_t taken : {std::size_t{2}, std::size_t{1}}) {
        if (before.size() < taken) continue;
        const std::string name = taken == 2 ? before[0] + " " + before[1] : before[0];
        for (const Command& command : commands)
            if (command.name == name)
                return beginning_with(current, for_command(command, before.subspan(taken), current));
    }
    return before.size() == 1 ? beginning_with(current, command_words(commands, before[0])) : Candidates{};
}

std::string completion_script(const std::string& shell) {
    // bash takes '=' for the end of a word, so it is given what follows the last '='.
    if (shell == "bash")
        return R"(# bash completion for meanflow; meanflow completion bash
_meanflow() {
    local line=${COMP_LINE:0:COMP_POINT} words current candidate
    read -ra words <<<"$line"
    [[ $line != *' ' ]] || words+=('')
    current=${words[-1]}
    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        [[ -z $candidate ]] || COMPREPLY+=("$candidate")
    done < <("${words[0]}" completion words -- "${words[@]:1}" 2>/dev/null)
    ((${#COMPREPLY[@]} != 1)) || [[ ${COMPREPLY[0]} != *= ]] || compopt -o nospace
    if [[ $current == *=* && $COMP_WORDBREAKS == *=* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${current%=*}="}")
    fi
}
complete -o default -F _meanflow meanflow
)";
    if (shell == "zsh")
        return R"(#compdef meanflow
# zsh completion for meanflow; meanflow completion zsh
_meanflow() {
    local -a whole open
    local line word help
    while IFS= read -r line; do
        word=${line%%$'\t'*} help=${line#*$'\t'}
        if [[ $word == *= ]]; then open+=("${word%=}:$help"); else whole+=("${word//:/\\:}:$help"); fi
    done < <("${words[1]}" completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)
    if (( ${#whole} + ${#open} == 0 )); then _files; return; fi
    (( ${#whole} == 0 )) || _describe -t words word whole
    (( ${#open} == 0 )) || _describe -t keys key open -S =
}
if [[ $funcstack[1] == _meanflow ]]; then _meanflow "$@"; else compdef _meanflow meanflow; fi
)";
    if (shell == "fish")
        return R"(# fish completion for meanflow; meanflow completion fish
function __meanflow_words
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    $words[1] completion words -- $words[2..-1] "$current" 2>/dev/null
end
complete -c meanflow -a '(__meanflow_words)'
)";
    throw UsageError(fmt::format("there is no completion for '{}'", shell),
                     "there is one for bash, zsh and fish");
}

}  // namespace mf::cli

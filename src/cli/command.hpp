// SPDX-License-Identifier: MIT
// A command is data: its name, help, options (the same tables as configuration keys) and what it does.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/options.hpp"

namespace mf::cli {

/// What a person typed, checked against the command's table.
struct Invocation {
    Settings options;                    ///< keys as typed: "--steps"
    std::vector<std::string> words;      ///< what is neither an option nor key=value
    std::vector<std::string> overrides;  ///< key=value

    bool quiet() const { return options.flag("--quiet"); }
    bool json() const { return options.has("--json") && options.flag("--json"); }
    /// "cpu" where the command has no --device.
    std::string device() const { return options.has("--device") ? options.text("--device") : "cpu"; }
    int threads() const { return static_cast<int>(options.integer("--threads")); }
    std::uint64_t seed() const { return static_cast<std::uint64_t>(options.integer("--seed")); }
};

struct Command {
    std::string name;              ///< one or two words: "train", "bench step"
    std::string summary;           ///< one line, lower case
    std::string usage;             ///< what follows the name
    std::string example;           ///< one or more lines that work when pasted
    OptionTable options;           ///< its own; --help, --seed, --threads and --quiet are added
    bool has_results = false;      ///< it has --json
    bool takes_device = false;     ///< --device is added: where it computes
    bool takes_overrides = false;  ///< it has key=value
    bool listed = true;            ///< on the screen of commands
    std::size_t least_words = 0, most_words = 0;
    int (*run)(const Invocation&) = nullptr;
};

/// The command's own options and those that every command has.
OptionTable all_options(const Command& command);
/// Reads what follows the command's name. UsageError names the option that is meant, or what is missing.
Invocation read_arguments(const Command& command, std::span<const std::string> arguments);
/// UsageError when one of these options was given: "KEY WHY".
void refuse_options(const Invocation& invocation, std::initializer_list<const char*> keys,
                    const std::string& why, const std::string& hint = "leave it out");
/// The screen of `meanflow COMMAND --help`.
std::string help_of(const Command& command);

}  // namespace mf::cli

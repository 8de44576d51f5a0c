// SPDX-License-Identifier: MIT
// meanflow: picks the command, and turns every error into one line and an exit code.
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command.hpp"
#include "cli/commands/catalogue.hpp"
#include "core/error.hpp"
#include "core/isa.hpp"
#include "train/build_info.hpp"

namespace mf::cli {
namespace {

/// What the commands of two words do together: one line of the screen for each first word.
struct Group {
    std::string_view first, summary;
};
constexpr std::array kGroups = {
    Group{"data", "data sets: which there are, pictures of samples, counts and moments"},
    Group{"bench", "time a training step, the way from noise to samples, each op alone"},
};

std::string command_lines() {
    std::string out;
    for (const Group& group : kGroups) {
        const std::string start = fmt::format("{} ", group.first);
        std::vector<std::string> words;
        for (const Command& command : all_commands())
            if (command.name.starts_with(start)) words.push_back(command.name.substr(start.size()));
        out += fmt::format("  {:<23} {}\n", fmt::format("{}{}", start, fmt::join(words, "|")), group.summary);
    }
    for (const Command& command : all_commands())
        if (command.listed && command.name.find(' ') == std::string::npos)
            out += fmt::format("  {:<23} {}\n", command.name, command.summary);
    return out;
}

std::string screen() {
    std::string out = fmt::format(
        "meanflow {}: trains, samples, judges and shows one-step generative models of the MeanFlow family\n\n"
        "  meanflow demo                                  fm, mf and imf on the checkerboard, compared, with "
        "pictures\n"
        "  meanflow train toy/imf optim.lr=1e-3 --out runs/imf\n"
        "  meanflow sample runs/imf --steps 1 --count 5000 --out samples.png\n\n"
        "commands:\n",
        program_version());
    return out + command_lines() +
           "\n'meanflow COMMAND --help' tells more; key=value after a command overrides any configuration "
           "key.\n";
}

/// The command that the first one or two words name, and how many words that took.
std::pair<const Command*, std::size_t> find_command(const std::vector<std::string>& words) {
    for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
        if (words.size() < count) continue;
        const std::string name = count == 2 ? words[0] + " " + words[1] : words[0];
        for (const Command& command : all_commands())
            if (command.name == name) return {&command, count};
    }
    return {nullptr, 0};
}

[[noreturn]] void throw_unknown_command(const std::vector<std::string>& words) {
    std::vector<std::string> names;
    std::string family;
    for (const Command& command : all_commands()) {
        names.push_back(command.name);
        if (command.name.starts_with(words[0] + " ")) family += (family.empty() ? "" : ", ") + command.name;
    }
    if (!family.empty())
        throw UsageError(fmt::format("'{}' wants another word", words[0]), "there are " + family);
    std::string near = nearest(words.size() > 1 ? words[0] + " " + words[1] : words[0], names);
    if (near.empty()) near = nearest(words[0], names);
    throw UsageError(
        fmt::format("there is no command '{}'", words[0]),
        near.empty() ? "'meanflow' alone lists the commands" : fmt::format("did you mean '{}'?", near));
}

bool asks_for_help(std::span<const std::string> words) {
    for (const std::string& word : words) {
        if (word == "--") return false;
        if (word == "--help" || word == "-h") return true;
    }
    return false;
}

int run(const std::vector<std::string>& words) {
    if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        fmt::print("{}", screen());
        return 0;
    }
    if (words[0] == "--version") {
        fmt::print("meanflow {} ({}, {}; {})\n", program_version(), build_commit(), build_compiler(),
                   fmt::join(built_isas(), ", "));
        return 0;
    }
    check_machine();
    const auto [command, taken] = find_command(words);
    if (command == nullptr) throw_unknown_command(words);
    const std::span<const std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(taken), words.end());
    if (asks_for_help(rest)) {
        fmt::print("{}", help_of(*command));
        return 0;
    }
    return command->run(read_arguments(*command, rest));
}

int report(const char* what, const std::string& hint, int code) {
    std::fflush(stdout);
    fmt::print(stderr, "meanflow: error: {}\n", what);
    if (!hint.empty()) fmt::print(stderr, "hint: {}\n", hint);
    return code;
}

/// What was printed must have arrived: a full disk behind `> file` is an error like any other.
int with_output_written(int code) {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    return report("standard output cannot be written", "is the disk full?", 1);
}

}  // namespace
}  // namespace mf::cli

int main(int count, char** words) {
    using namespace mf::cli;
    // A write beyond the file size limit is then an error of that write, and not the end of the program.
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        return with_output_written(run(std::vector<std::string>(words + 1, words + count)));
    } catch (const mf::UsageError& error) {
        return report(error.what(), error.hint(), 2);
    } catch (const mf::Error& error) {
        return report(error.what(), error.hint(), 1);
    } catch (const std::bad_alloc&) {
        return report("out of memory", "a smaller train.batch or --count needs less", 1);
    } catch (const std::exception& error) {
        if (std::ferror(stdout) != 0) return with_output_written(1);
        return report(error.what(), "", 1);
    }
}

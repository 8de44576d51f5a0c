// SPDX-License-Identifier: MIT
#include "cli/completion.hpp"

#include <fmt/format.h>

#include "cli/commands/catalogue.hpp"
#include "cli/commands/commands.hpp"
#include "core/error.hpp"

namespace mf::cli {
namespace {

int run_completion(const Invocation& invocation) {
    const std::vector<std::string>& words = invocation.words;
    if (words[0] != "words") {
        if (words.size() > 1)
            throw UsageError(fmt::format("'{}' is one word too many", words[1]),
                             "meanflow completion bash|zsh|fish");
        fmt::print("{}", completion_script(words[0]));
        return 0;
    }
    for (const Candidate& one : complete(all_commands(), std::span(words).subspan(1)))
        fmt::print("{}\t{}\n", one.word, one.help);
    return 0;
}

}  // namespace

Command completion_command() {
    Command out;
    out.name = "completion";
    out.summary = "lines for a shell, which then completes commands, options and keys";
    out.usage = "bash|zsh|fish";
    out.example =
        "  meanflow completion bash >>~/.bashrc\n"
        "  meanflow completion zsh >~/.zfunc/_meanflow    a folder of fpath\n"
        "  meanflow completion fish >~/.config/fish/completions/meanflow.fish";
    out.least_words = 1, out.most_words = 10000;
    out.run = run_completion;
    return out;
}

}  // namespace mf::cli

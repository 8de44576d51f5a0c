// SPDX-License-Identifier: MIT
// What a shell may offer for the word that is being typed: from the same tables as --help, so that it cannot disagree.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace mf::cli {

struct Candidate {
    std::string word;  ///< the whole word; one that ends in '=' goes on
    std::string help;  ///< may be empty
};

/// `words` are those behind "meanflow" up to the cursor; the last one is being typed and may be empty. What comes back
/// begins with it. None: the shell offers files.
std::vector<Candidate> complete(std::span<const Command> commands, std::span<const std::string> words);

/// The lines that a shell ("bash", "zsh", "fish") reads once; they ask `meanflow completion words` from then on.
std::string completion_script(const std::string& shell);

}  // namespace mf::cli

// SPDX-License-Identifier: MIT
// What a shell is offered, and that a real bash takes it.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "cli/program.hpp"

namespace {

using mf::test::Outcome;
using mf::test::run_program;
using mf::test::Scratch;

/// Candidates for the last of `words`.
std::vector<std::string> offered(const std::vector<std::string>& words) {
    const Scratch scratch;
    std::vector<std::string> all = {"completion", "words", "--"};
    all.insert(all.end(), words.begin(), words.end());
    const Outcome outcome = run_program(scratch, all);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(outcome.err.empty()) << outcome.err;
    std::vector<std::string> out;
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);) out.push_back(line.substr(0, line.find('\t')));
    return out;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
    return std::ranges::find(words, word) != words.end();
}

using Words = std::vector<std::string>;

TEST(Completion, CommandsOfOneAndTwoWords) {
    EXPECT_EQ(offered({"tr"}), (Words{"train", "train-classifier"}));
    EXPECT_TRUE(has(offered({""}), "bench"));
    EXPECT_EQ(std::ranges::count(offered({""}), std::string("data")), 1);
    EXPECT_EQ(offered({"bench", "st"}), Words{"step"});
    EXPECT_EQ(offered({"nothing", ""}), Words{});
}

TEST(Completion, OptionsAndTheirWords) {
    const Words options = offered({"sample", "run", "--st"});
    EXPECT_TRUE(has(options, "--steps"));
    EXPECT_FALSE(has(offered({"sample", "run", "--steps", "1", "--st"}), "--steps"));
    EXPECT_EQ(offered({"bench", "ops", "--precision", "b"}), Words{"bf16"});
    EXPECT_EQ(offered({"bench", "ops", "--precision=b"}), Words{"--precision=bf16"});
    EXPECT_EQ(offered({"train", "--out", ""}), Words{});  // the shell's own: files
}

TEST(Completion, ConfigurationsAndKeysOfTheChoicesSoFar) {
    EXPECT_TRUE(has(offered({"train", "toy/"}), "toy/imf"));
    EXPECT_TRUE(has(offered({"info", "config", "toy/"}), "toy/imf"));
    EXPECT_TRUE(has(offered({"info", "o"}), "ops"));
    EXPECT_EQ(offered({"train", "toy/imf", "optim.na"}), Words{"optim.name="});
    EXPECT_TRUE(has(offered({"train", "toy/imf", "optim.name="}), "optim.name=adam"));
    EXPECT_FALSE(has(offered({"train", "toy/imf", "optim."}), "optim.momentum="));
    EXPECT_TRUE(has(offered({"train", "toy/imf", "optim.name=muon", "optim."}), "optim.momentum="));
    EXPECT_EQ(offered({"train", "precision=b"}), Words{"precision=bf16"});
}

TEST(Completion, ARealBashCompletes) {
    const Scratch scratch;
    std::ofstream(scratch / "completion") << run_program(scratch, {"completion", "bash"}).out;
    // What bash itself does on TAB: it sets these variables, calls the function and takes COMPREPLY.
    std::ofstream(scratch / "ask") << "source ./completion\nmeanflow() { " << MF_PROGRAM << R"( "$@"; }
compopt() { echo "compopt $*"; }
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
ask() { COMP_LINE=$1 COMP_POINT=${#1}; _meanflow; echo "${COMPREPLY[*]}"; }
complete -p meanflow
ask 'meanflow bench st'
ask 'meanflow train toy/imf optim.na'
ask 'meanflow train toy/imf optim.name=mu'
ask 'meanflow train --out '
)";
    const std::string command = "cd " + scratch.folder().string() + " && bash ./ask >said 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << mf::test::text_of(scratch / "said");
    EXPECT_EQ(mf::test::text_of(scratch / "said"),
              "complete -o default -F _meanflow meanflow\nstep\ncompopt -o nospace\noptim.name=\nmuon\n\n");
}

TEST(Completion, AnUnknownShellIsRefused) {
    const Scratch scratch;
    const Outcome outcome = run_program(scratch, {"completion", "tcsh"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.err.find("bash, zsh and fish"), std::string::npos) << outcome.err;
    EXPECT_EQ(run_program(scratch, {"completion", "bash", "zsh"}).code, 2);
}

TEST(Man, ThePageNamesEveryOptionOfEveryCommand) {
    const Scratch scratch;
    const Outcome page = run_program(scratch, {"man"});
    EXPECT_EQ(page.code, 0);
    EXPECT_TRUE(page.out.starts_with(".TH MEANFLOW 1"));
    for (const char* word :
         {".SS \"bench step\"", "\\-\\-repeat", ".B MEANFLOW_ISA", "toy/imf", "one of f32|bf16"})
        EXPECT_NE(page.out.find(word), std::string::npos) << word;
    EXPECT_EQ(page.out.find("\n--"), std::string::npos);
}

}  // namespace

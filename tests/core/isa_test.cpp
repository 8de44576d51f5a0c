// SPDX-License-Identifier: MIT
// The set that the loops run with: chosen once, forced by MEANFLOW_ISA, and refused in one line.
#include "core/isa.hpp"

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "ops/peak.hpp"

namespace {

using mf::test::Outcome;
using mf::test::run_program;
using mf::test::Scratch;

/// MEANFLOW_ISA for the children of one scope.
class Forced {
  public:
    explicit Forced(const std::string& set) : before_(std::getenv("MEANFLOW_ISA")) {
        if (before_ != nullptr) kept_ = before_;
        ::setenv("MEANFLOW_ISA", set.c_str(), 1);
    }
    ~Forced() {
        if (before_ == nullptr)
            ::unsetenv("MEANFLOW_ISA");
        else
            ::setenv("MEANFLOW_ISA", kept_.c_str(), 1);
    }
    Forced(const Forced&) = delete;
    Forced& operator=(const Forced&) = delete;

  private:
    const char* before_;
    std::string kept_;
};

Outcome program_with(const std::string& set, const std::vector<std::string>& words) {
    const Scratch scratch;
    const Forced forced(set);
    return run_program(scratch, words);
}

TEST(InstructionSets, OneOfTheBuildIsChosen) {
    EXPECT_TRUE(mf::machine_is_supported());
    EXPECT_NO_THROW(mf::check_machine());
    const std::vector<std::string> built = mf::built_isas();
    EXPECT_NE(std::ranges::find(built, mf::chosen_isa()), built.end());
    EXPECT_FALSE(mf::why_this_isa().empty());
    if (mf::chosen_isa() == "x86-64-v4-bf16") {
        EXPECT_TRUE(mf::multiplies_bf16());
    }
    if (mf::chosen_isa() == "x86-64-v3" || mf::chosen_isa() == "x86-64-v4") {
        EXPECT_FALSE(mf::multiplies_bf16());
    }
}

TEST(InstructionSets, EachUpToTheBestCanBeForced) {
    const auto best = nlohmann::json::parse(program_with("", {"info", "--json"}).out);
    for (const std::string& set : mf::built_isas()) {
        const Outcome outcome = program_with(set, {"info", "--json"});
        ASSERT_EQ(outcome.code, 0) << outcome.err;
        const auto json = nlohmann::json::parse(outcome.out);
        EXPECT_EQ(json["isa"], set);
        EXPECT_EQ(json["isas"].size(), mf::built_isas().size());
        if (set == best["isa"]) break;
    }
}

TEST(InstructionSets, WhatTheBuildHasNotIsRefusedInOneLine) {
    for (const char* word : {"x86-64-v2", "avx2", "X86-64-V3", "x86-64-v3 ", "0"}) {
        const Outcome outcome = program_with(word, {"info"});
        EXPECT_EQ(outcome.code, 2) << outcome.err;
        EXPECT_TRUE(outcome.out.empty());
        EXPECT_TRUE(outcome.err.starts_with("meanflow: error: MEANFLOW_ISA is '" + std::string(word) + "'"))
            << outcome.err;
        EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 2) << outcome.err;
        EXPECT_NE(outcome.err.find(mf::built_isas().front()), std::string::npos) << outcome.err;
    }
}

TEST(InstructionSets, VersionNeedsNone) {
    const Outcome outcome = program_with("none", {"--version"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    for (const std::string& set : mf::built_isas())
        EXPECT_NE(outcome.out.find(set), std::string::npos) << outcome.out;
}

}  // namespace

// SPDX-License-Identifier: MIT
// meanflow sample --between: samples on the way between two noises.
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "io/npz.hpp"

namespace {

using namespace mf;
using namespace mf::test;

const std::string kRuns = std::string(MF_TEST_DATA) + "/old_runs";

std::vector<float> drawn(const Scratch& scratch, std::vector<std::string> words) {
    words.insert(words.begin(), {"sample", kRuns + "/shapes"});
    words.insert(words.end(), {"--labels", "1", "--threads", "2", "--out", "x.npz", "--quiet"});
    const Outcome outcome = run_program(scratch, words);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    const auto arrays = read_npz(scratch / "x.npz");
    const auto values = arrays.at("samples").floats();
    return {values.begin(), values.end()};
}

std::vector<float> part(const std::vector<float>& all, std::size_t from, std::size_t count) {
    return {all.begin() + static_cast<std::ptrdiff_t>(from),
            all.begin() + static_cast<std::ptrdiff_t>(from + count)};
}

TEST(Between, GoesFromOneNoiseToTheOther) {
    const Scratch scratch;
    const std::vector<float> seven = drawn(scratch, {"--seed", "7", "--count", "3"}),
                             eight = drawn(scratch, {"--seed", "8", "--count", "1"}),
                             way = drawn(scratch, {"--between", "7:2,8", "--count", "5"});
    const std::size_t each = eight.size();
    ASSERT_EQ(way.size(), 5 * each);
    EXPECT_EQ(part(way, 0, each), part(seven, 2 * each, each));
    EXPECT_EQ(part(way, 4 * each, each), eight);
    EXPECT_NE(part(way, each, each), part(way, 0, each));
    EXPECT_EQ(drawn(scratch, {"--between", "7,7", "--count", "2"}).size(), 2 * each);
    EXPECT_EQ(drawn(scratch, {"--between", "7,8"}).size(), 8 * each);
}

TEST(Between, SaysWhatIsWrong) {
    const Scratch scratch;
    const auto refused = [&](std::vector<std::string> words, const std::string& said) {
        words.insert(words.begin(), {"sample", kRuns + "/shapes", "--out", "x.npz"});
        const Outcome outcome = run_program(scratch, words);
        EXPECT_EQ(outcome.code, 2) << outcome.err;
        EXPECT_NE(outcome.err.find(said), std::string::npos) << outcome.err;
    };
    refused({"--between", "7"}, "--between names 1 noises, expected two");
    refused({"--between", "7,8,9"}, "--between names 3 noises");
    refused({"--between", ""}, "--between names 0 noises");
    refused({"--between", "7,x"}, "--between: 'x' is no noise");
    refused({"--between", "7,-1"}, "--between: '-1' is no noise");
    refused({"--between", "7:,8"}, "--between: '7:' is no noise");
    refused({"--between", "7:1:2,8"}, "--between: '7:1:2' is no noise");
    refused({"--between", "7,99999999999999999999"}, "is no noise");
    refused({"--between", "7,8", "--count", "1"}, "--count 1 is too few");
    refused({"--between", "7,8", "--seed", "3"}, "--seed has no effect beside --between");
}

TEST(Between, AFolderOfOtherNoisesIsAnotherSet) {
    const Scratch scratch;
    const auto write = [&](const std::string& ends, const char* force) {
        return run_program(scratch, {"sample", kRuns + "/shapes", "--between", ends, "--count", "3",
                                     "--labels", "1", "--out", "set", force});
    };
    ASSERT_EQ(write("7,8", "--quiet").code, 0);
    const auto middle = [&] {
        for (const auto& entry : std::filesystem::directory_iterator(scratch / "set"))
            if (entry.path().filename().string().starts_with("000001")) return text_of(entry.path());
        return std::string();
    };
    const std::string first = middle();
    ASSERT_FALSE(first.empty());
    ASSERT_EQ(write("7,9", "--force").code, 0);
    EXPECT_NE(middle(), first);
}

}  // namespace

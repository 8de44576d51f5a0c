// SPDX-License-Identifier: MIT
// Samples that were cut off: what is there stays, and the file in the end is the same.
#include "generate/sample_store.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "core/error.hpp"
#include "generate/sample_file.hpp"
#include "generate/set_text.hpp"
#include "train/config.hpp"

namespace {

using namespace mf;
using test::Scratch;
using test::text_of;

LoadedModel small_model(Team& team) {
    const std::vector<ConfigItem> items = {{"data.name", "noise", ""}, {"data.size", "8", ""},
                                           {"data.channels", "3", ""}, {"data.classes", "3", ""},
                                           {"model.name", "dit", ""},  {"model.size", "T", ""},
                                           {"model.patch", "4", ""},   {"model.hidden", "16", ""},
                                           {"model.depth", "1", ""},   {"model.heads", "1", ""}};
    return initial_model(resolve(items), team);
}

TEST(SampleStore, WhatWasCutOffGoesOnToTheSameBytes) {
    const Scratch scratch;
    Team team(2), alone(1);
    const LoadedModel model = small_model(team);
    SampleRequest request;
    request.count = 11;
    request.seed = 5;
    std::string remarks;
    request.remarks = [&](const std::string& line) { remarks += line + "\n"; };
    for (const char* name : {"x.npz", "x.npy"})
        for (const bool pixels : {false, true}) {
            request.piece = 0;
            write_drawn_samples(scratch / name, model, request, pixels, team);
            const std::string whole = text_of(scratch / name);
            std::filesystem::remove(scratch / name);
            request.piece = 4;
            const std::int64_t each = 192 * (pixels ? 1 : 4);
            {
                // Six whole samples and a part, as kill -9 leaves them.
                SampleStore store(scratch / name,
                                  set_text(model, request) + (pixels ? " first 0 u8" : " first 0 f32"), each,
                                  nullptr);
                SampleRequest six = request;
                six.count = 6;
                six.piece = 0;
                write_drawn_samples(scratch / "six.npy", model, six, pixels, team);
                const std::string bytes = text_of(scratch / "six.npy");
                store.append(bytes.substr(bytes.size() - static_cast<std::size_t>(6 * each)));
                store.append("half");
            }
            remarks.clear();
            write_drawn_samples(scratch / name, model, request, pixels, alone);
            EXPECT_NE(remarks.find("goes on after 6 of 11"), std::string::npos) << remarks;
            EXPECT_EQ(text_of(scratch / name), whole) << name;
            EXPECT_FALSE(std::filesystem::exists(scratch / (std::string(name) + ".part")));
        }
}

TEST(SampleStore, OtherSamplesAreDroppedAndOtherFilesLeftAlone) {
    const Scratch scratch;
    {
        SampleStore store(scratch / "x.npz", "one", 4, nullptr);
        store.append("12345678");
        EXPECT_EQ(store.count(), 2);
    }
    EXPECT_EQ(SampleStore(scratch / "x.npz", "one", 4, nullptr).count(), 2);
    std::string remarks;
    EXPECT_EQ(
        SampleStore(scratch / "x.npz", "two", 4, [&](const std::string& line) { remarks = line; }).count(),
        0);
    EXPECT_NE(remarks.find("other samples"), std::string::npos);
    std::ofstream(scratch / "y.npz.part") << "a letter to a friend, long enough to be read";
    EXPECT_THROW(SampleStore(scratch / "y.npz", "one", 4, nullptr), UsageError);
    EXPECT_EQ(text_of(scratch / "y.npz.part").substr(0, 8), "a letter");
}

}  // namespace

// SPDX-License-Identifier: MIT
#include "generate/pieces.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "train/config.hpp"

namespace {

using namespace mf;

LoadedModel untrained(Team& team) {
    const std::vector<ConfigItem> items = {{"data.name", "noise", ""}, {"data.size", "64", ""},
                                           {"data.channels", "3", ""}, {"data.classes", "3", ""},
                                           {"model.name", "dit", ""},  {"model.size", "T", ""},
                                           {"model.patch", "16", ""},  {"model.hidden", "16", ""},
                                           {"model.depth", "1", ""},   {"model.heads", "1", ""}};
    return initial_model(resolve(items), team);
}

TEST(Pieces, AreTheSamplesOfASingleDraw) {
    Team team(2);
    const LoadedModel model = untrained(team);
    SampleRequest request;
    request.count = 11;
    request.seed = 5;
    request.guidance.labels = "random";
    const std::vector<float> all = draw_samples(model, request, team).values;
    const std::size_t each = 64 * 64 * 3;
    ASSERT_EQ(all.size(), 11 * each);
    for (std::int64_t first = 0; first < 11; first += 4) {
        SampleRequest part = request;
        part.first = first;
        part.count = std::min<std::int64_t>(4, 11 - first);
        const std::vector<float> piece = draw_samples(model, part, team).values;
        EXPECT_TRUE(
            std::equal(piece.begin(), piece.end(), all.begin() + first * static_cast<std::int64_t>(each)));
    }
}

TEST(Pieces, CoverEverySampleOnceInBoundedMemory) {
    Team team(2);
    const LoadedModel model = untrained(team);
    SampleRequest request;
    request.count = 1 << 20;
    request.seed = 5;
    const std::int64_t most = samples_in_piece(model, request, team);
    EXPECT_LE(most * 64 * 64 * 3, std::int64_t{1} << 24);
    EXPECT_GE(most, 1);
    request.count = 3;
    std::int64_t seen = 0;
    draw_in_pieces(model, request, team, [&](std::int64_t first, const Samples& samples) {
        EXPECT_EQ(first, seen);
        seen += std::ssize(samples.values) / (64 * 64 * 3);
    });
    EXPECT_EQ(seen, 3);
    draw_in_pieces(
        model, request, team, [&](std::int64_t, const Samples&) { FAIL(); },
        [](std::int64_t, std::int64_t) { return false; });
    request.guidance.omega = {1, 2};
    EXPECT_THROW(draw_in_pieces(model, request, team, [](std::int64_t, const Samples&) {}), UsageError);
}

}  // namespace

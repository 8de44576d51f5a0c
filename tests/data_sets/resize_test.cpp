// SPDX-License-Identifier: MIT
#include "data/resize.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace mf;
using Bytes = std::vector<std::uint8_t>;

Bytes resized(const Bytes& pixels, int width, int height, int channels, int side) {
    Bytes out(static_cast<std::size_t>(side * side * channels + 1), 77);
    crop_and_resize(out.data(), {pixels.data(), width, height, channels}, side);
    EXPECT_EQ(out.back(), 77) << "wrote too much";
    out.pop_back();
    return out;
}

TEST(Resize, KeepsWhatHasTheSize) {
    Bytes pixels;
    for (int i = 0; i < 27; ++i) pixels.push_back(static_cast<std::uint8_t>(9 * i));
    EXPECT_EQ(resized(pixels, 3, 3, 3, 3), pixels);
}

TEST(Resize, CutsTheMiddleOut) {
    EXPECT_EQ(resized({1, 2, 3, 4, 5, 6, 7, 8}, 4, 2, 1, 2), (Bytes{2, 3, 6, 7}));
    EXPECT_EQ(resized({1, 2, 3, 4, 5, 6, 7, 8}, 2, 4, 1, 2), (Bytes{3, 4, 5, 6}));
    EXPECT_EQ(resized({1, 2, 3, 4, 5, 6}, 3, 2, 1, 2), (Bytes{1, 2, 4, 5}))
        << "an odd rest goes to the right";
    EXPECT_EQ(resized({1, 2, 3, 4, 5}, 5, 1, 1, 1), (Bytes{3}));
}

TEST(Resize, ShrinkingTakesTheMeanOfTheArea) {
    EXPECT_EQ(resized({0, 10, 20, 30, 40, 50, 60, 70, 0, 0, 4, 4, 0, 2, 4, 4}, 4, 4, 1, 2),
              (Bytes{25, 45, 1, 4}));
    // Three to two: each new pixel covers one and a half.
    EXPECT_EQ(resized({0, 90, 180, 0, 90, 180, 0, 90, 180}, 3, 3, 1, 2), (Bytes{30, 150, 30, 150}));
    EXPECT_EQ(resized({0, 0, 0, 90, 90, 90, 180, 180, 180}, 3, 3, 1, 2), (Bytes{30, 30, 150, 150}));
}

TEST(Resize, ChannelsDoNotMix) {
    Bytes pixels;
    for (int p = 0; p < 25; ++p) pixels.insert(pixels.end(), {10, 100, 250});
    for (const int side : {1, 2, 3, 4, 7, 64}) {
        const Bytes out = resized(pixels, 5, 5, 3, side);
        for (std::size_t i = 0; i < out.size(); ++i)
            ASSERT_EQ(out[i], i % 3 == 0 ? 10 : i % 3 == 1 ? 100 : 250);
    }
}

// A fine chequerboard becomes an even gray at any ratio; a resize that picks pixels would make patterns of it.
TEST(Resize, FinePatternsDoNotAlias) {
    Bytes pixels(64 * 64);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = (i / 64 + i) % 2 == 0 ? 255 : 0;
    for (const int side : {32, 16, 13, 7, 1})
        for (const std::uint8_t value : resized(pixels, 64, 64, 1, side))
            EXPECT_NEAR(value, 127.5, side == 13 || side == 7 ? 7 : 1) << side;
}

TEST(Resize, ShrinkingKeepsTheMean) {
    Bytes pixels(97 * 97);
    double before = 0;
    for (std::size_t i = 0; i < pixels.size(); ++i)
        before += pixels[i] = static_cast<std::uint8_t>(i * i % 251);
    for (const int side : {96, 50, 33, 16, 2}) {
        double after = 0;
        for (const std::uint8_t value : resized(pixels, 97, 97, 1, side)) after += value;
        EXPECT_NEAR(after / (side * side), before / (97 * 97), 0.5) << side;
    }
}

TEST(Resize, EnlargingInterpolates) {
    EXPECT_EQ(resized({0, 100, 0, 100}, 2, 2, 1, 4),
              (Bytes{0, 25, 75, 100, 0, 25, 75, 100, 0, 25, 75, 100, 0, 25, 75, 100}));
    EXPECT_EQ(resized({9}, 1, 1, 1, 3), Bytes(9, 9));
}

TEST(Resize, ConvertsChannels) {
    Bytes out(6);
    convert_channels(out.data(), 3, Bytes{7, 200}.data(), 1, 2);
    EXPECT_EQ(out, (Bytes{7, 7, 7, 200, 200, 200}));
    const Bytes colours = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255};
    Bytes gray(4);
    convert_channels(gray.data(), 1, colours.data(), 3, 4);
    EXPECT_EQ(gray, (Bytes{76, 150, 29, 255}));
    convert_channels(out.data(), 3, colours.data(), 3, 2);
    EXPECT_EQ(out, (Bytes{255, 0, 0, 0, 255, 0}));
}

}  // namespace

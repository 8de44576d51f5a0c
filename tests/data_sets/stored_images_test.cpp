// SPDX-License-Identifier: MIT
#include "data/stored_images.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/team.hpp"

namespace {

using namespace mf;

/// Pictures of 2 x 3 x channels; the bytes of picture i are i, i + 1, ...; three classes in turn.
ImageStore store_of(std::int64_t count, int channels = 3) {
    ImageStore store{count, 2, 3, channels, {}, {}, {"a", "b", "c"}, {}};
    for (std::int64_t i = 0; i < count; ++i) {
        for (std::int64_t k = 0; k < store.image_bytes(); ++k)
            store.pixels.push_back(static_cast<std::uint8_t>(i + k));
        store.labels.push_back(static_cast<std::int32_t>(i % 3));
    }
    return store;
}

/// Which picture it is (for stores of up to 200), and whether it is mirrored.
struct Seen {
    int picture;
    bool mirrored;
};
Seen recognised(const float* values, int channels) {
    const int first = byte_of_value(values[0]), other = byte_of_value(values[2 * channels]);
    return first < other ? Seen{first, false} : Seen{other, true};
}

struct Batch {
    std::vector<float> values;
    std::vector<std::int32_t> labels;
    bool operator==(const Batch&) const = default;
};
Batch drawn(const Dataset& data, std::uint64_t first, std::int64_t count, std::uint64_t seed = 5) {
    Batch out{std::vector<float>(static_cast<std::size_t>(count * data.sample_shape().count())),
              std::vector<std::int32_t>(static_cast<std::size_t>(count))};
    data.draw(out.values.data(), out.labels.data(), Random(seed, Stream::data), first, count);
    return out;
}

TEST(StoredImages, SaysWhatItIs) {
    const StoredImages data(store_of(5), false);
    EXPECT_EQ(data.sample_shape(), (Shape{2, 3, 3}));
    EXPECT_EQ(data.size(), 5);
    EXPECT_EQ(data.classes(), 3);
    EXPECT_EQ(data.class_names(), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(data.images(), &data);
    EXPECT_EQ(data.points(), nullptr);
}

TEST(StoredImages, BytesBecomeValuesOnMinusOneToOne) {
    for (int byte = 0; byte < 256; ++byte) {
        const float value = value_of_byte(static_cast<std::uint8_t>(byte));
        EXPECT_NEAR(value, byte / 127.5 - 1, 1e-7);
        EXPECT_EQ(byte_of_value(value), byte);
    }
    EXPECT_EQ(value_of_byte(0), -1.0F);
    EXPECT_EQ(value_of_byte(255), 1.0F);
    EXPECT_EQ(byte_of_value(1.7F), 255);
    EXPECT_EQ(byte_of_value(-1e30F), 0);
    EXPECT_EQ(byte_of_value(std::nanf("")), 0);
}

TEST(StoredImages, StoredOrderIsNeitherShuffledNorFlipped) {
    const StoredImages data(store_of(50), true);
    std::vector<float> image(18);
    for (std::int64_t i = 0; i < 50; ++i) {
        std::int32_t label = -1;
        data.stored(image.data(), &label, i);
        EXPECT_EQ(label, i % 3);
        for (std::size_t k = 0; k < 18; ++k)
            EXPECT_EQ(image[k], value_of_byte(static_cast<std::uint8_t>(static_cast<std::size_t>(i) + k)));
        data.stored(image.data(), nullptr, i);
    }
}

TEST(StoredImages, EveryEpochHasEveryPictureOnceWithItsLabel) {
    const StoredImages data(store_of(100), true);
    const Batch batch = drawn(data, 0, 300);
    std::vector<std::vector<int>> orders;
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
        std::set<int> seen;
        orders.emplace_back();
        for (std::size_t i = 100 * epoch; i < 100 * epoch + 100; ++i) {
            const Seen one = recognised(batch.values.data() + 18 * i, 3);
            EXPECT_EQ(batch.labels[i], one.picture % 3);
            seen.insert(one.picture);
            orders.back().push_back(one.picture);
        }
        EXPECT_EQ(seen.size(), 100U);
    }
    EXPECT_NE(orders[0], orders[1]);
    EXPECT_NE(orders[1], orders[2]);
}

// Resuming needs nothing but the number of the next sample, in the middle of an epoch and across its end.
TEST(StoredImages, ASampleDependsOnSeedAndIndexAlone) {
    const StoredImages data(store_of(37), true);
    const Batch whole = drawn(data, 0, 200);
    for (const auto& [first, count] :
         std::vector<std::pair<std::size_t, std::size_t>>{{0, 1}, {36, 2}, {50, 64}, {73, 100}, {199, 1}}) {
        const Batch part = drawn(data, first, static_cast<std::int64_t>(count));
        for (std::size_t i = 0; i < count; ++i) {
            EXPECT_EQ(part.labels[i], whole.labels[first + i]);
            EXPECT_TRUE(std::equal(part.values.begin() + static_cast<std::ptrdiff_t>(18 * i),
                                   part.values.begin() + static_cast<std::ptrdiff_t>(18 * i + 18),
                                   whole.values.begin() + static_cast<std::ptrdiff_t>(18 * (first + i))));
        }
    }
    EXPECT_NE(drawn(data, 0, 37, 6), drawn(data, 0, 37, 5));
    EXPECT_EQ(drawn(data, std::uint64_t{1} << 50, 5), drawn(data, std::uint64_t{1} << 50, 5));
}

TEST(StoredImages, HalfOfTheSamplesAreMirrored) {
    for (const int channels : {1, 3}) {
        const StoredImages data(store_of(200, channels), true);
        constexpr std::int64_t count = 20000;
        const Batch batch = drawn(data, 0, count);
        const auto each = static_cast<std::size_t>(6 * channels);
        int mirrored = 0, both = 0;
        std::vector<int> how(200);
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            const float* image = batch.values.data() + each * i;
            const Seen one = recognised(image, channels);
            mirrored += one.mirrored ? 1 : 0;
            how[static_cast<std::size_t>(one.picture)] |= one.mirrored ? 1 : 2;
            for (int y = 0; y < 2; ++y)
                for (int x = 0; x < 3; ++x)
                    for (int c = 0; c < channels; ++c)
                        ASSERT_EQ(byte_of_value(image[(y * 3 + x) * channels + c]),
                                  one.picture + (y * 3 + (one.mirrored ? 2 - x : x)) * channels + c);
        }
        for (const int seen : how) both += seen == 3 ? 1 : 0;
        EXPECT_EQ(both, 200) << "whether a picture is mirrored changes from epoch to epoch";
        EXPECT_NEAR(mirrored, count / 2, 4.5 * 71);
    }
    const StoredImages plain(store_of(200), false);
    const Batch batch = drawn(plain, 0, 400);
    for (std::size_t i = 0; i < 400; ++i) EXPECT_FALSE(recognised(batch.values.data() + 18 * i, 3).mirrored);
}

TEST(StoredImages, WritesNoMoreThanItWasAskedFor) {
    const StoredImages data(store_of(7), true);
    std::vector<float> out(18 * 5 + 2, -77.0F);
    data.draw(out.data(), nullptr, Random(1, Stream::data), 3, 5);
    EXPECT_NE(out[89], -77.0F);
    EXPECT_EQ(out[90], -77.0F);
}

TEST(StoredImages, SeveralThreadsDrawTheSame) {
    const StoredImages data(store_of(100), true);
    const Batch whole = drawn(data, 0, 1000);
    Batch parts{std::vector<float>(18000), std::vector<std::int32_t>(1000)};
    Team team(4);
    team.split(1000, 1, [&](std::int64_t begin, std::int64_t end) {
        data.draw(parts.values.data() + 18 * begin, parts.labels.data() + begin, Random(5, Stream::data),
                  static_cast<std::uint64_t>(begin), end - begin);
    });
    EXPECT_EQ(parts, whole);
}

TEST(StoredImages, WithoutClassesLabelsAreZero) {
    ImageStore store = store_of(6);
    store.labels.clear();
    store.class_names.clear();
    const StoredImages data(store, false);
    EXPECT_EQ(data.classes(), 0);
    EXPECT_EQ(drawn(data, 0, 6).labels, std::vector<std::int32_t>(6, 0));
}

TEST(StoredImages, WhatDoesNotMatchIsRefused) {
    EXPECT_THROW(StoredImages({}, false), Error);
    const auto spoilt = [](auto&& spoil) {
        ImageStore store = store_of(6);
        spoil(store);
        return store;
    };
    EXPECT_THROW(StoredImages(spoilt([](ImageStore& s) { s.pixels.pop_back(); }), false), Error);
    EXPECT_THROW(StoredImages(spoilt([](ImageStore& s) { s.labels.pop_back(); }), false), Error);
    EXPECT_THROW(StoredImages(spoilt([](ImageStore& s) { s.labels[2] = 3; }), false), Error);
    EXPECT_THROW(StoredImages(spoilt([](ImageStore& s) { s.labels[2] = -1; }), false), Error);
    EXPECT_THROW(StoredImages(spoilt([](ImageStore& s) { s.class_names.clear(); }), false), Error);
}

}  // namespace

// SPDX-License-Identifier: MIT
#include "metrics/image_scores.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/rng.hpp"
#include "data/stored_images.hpp"
#include "metrics/random_features.hpp"

namespace {

using namespace mf;

/// `count` pictures of noise, 8 x 8 x 3, of two classes: dark and light.
StoredImages pictures(std::int64_t count) {
    ImageStore store{count, 8, 8, 3, {}, {}, {"dark", "light"}, {}};
    for (std::int64_t i = 0; i < count; ++i) {
        store.labels.push_back(static_cast<std::int32_t>(i % 2));
        for (std::uint32_t k = 0; k < 8 * 8 * 3; ++k)
            store.pixels.push_back(static_cast<std::uint8_t>(
                philox(1, Stream::test, static_cast<std::uint64_t>(i), k)[0] % 128 + (i % 2 != 0 ? 128 : 0)));
    }
    return StoredImages(std::move(store), false);
}

std::vector<float> noise(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
    std::vector<float> out(static_cast<std::size_t>(rows * cols));
    Random(seed, Stream::test).normal_rows(out.data(), cols, 0, rows);
    return out;
}

TEST(RandomFeatures, AreARectifiedLinearMapOfTheImage) {
    Team one(1), two(2);
    const Shape shape{9, 12, 2};
    const std::vector<float> x = noise(7, shape.count(), 1);
    const std::vector<float> features = random_features(as_rows(x, shape.count()), shape, one);
    ASSERT_EQ(features.size(), 7U * kRandomFeatures);
    EXPECT_EQ(features, random_features(as_rows(x, shape.count()), shape, two));
    // Twice the image, twice the features; nothing without an image; none below zero.
    std::vector<float> twice = x;
    for (float& number : twice) number *= 2;
    const std::vector<float> doubled = random_features(as_rows(twice, shape.count()), shape, one);
    for (std::size_t i = 0; i < features.size(); ++i) {
        EXPECT_GE(features[i], 0);
        EXPECT_FLOAT_EQ(doubled[i], 2 * features[i]);
    }
    const std::vector<float> nothing(static_cast<std::size_t>(shape.count()));
    for (const float f : random_features(as_rows(nothing, shape.count()), shape, one)) EXPECT_EQ(f, 0);
}

TEST(RandomFeatures, OfAnEvenImageAreTheSumsOfTheFilters) {
    Team team(1);
    const Shape shape{8, 8, 1};
    const std::vector<float> ones(64, 1.0F);
    const std::vector<float> features = random_features(as_rows(ones, 64), shape, team);
    std::vector<float> filters(25 * kRandomFilters);
    Random(20260, Stream::evaluation).normal_rows(filters.data(), 25, 0, kRandomFilters);
    for (std::size_t f = 0; f < kRandomFilters; ++f) {
        double sum = 0;
        for (std::size_t e = 0; e < 25; ++e) sum += filters[25 * f + e] / 5.0;
        for (std::size_t q = 0; q < 4; ++q) EXPECT_NEAR(features[4 * f + q], std::max(sum, 0.0), 1e-5);
    }
}

TEST(RandomDirections, AreUnitVectors) {
    const std::vector<float> directions = random_directions(5, 300);
    for (int l = 0; l < 5; ++l) {
        double square = 0;
        for (int k = 0; k < 300; ++k)
            square += std::pow(directions[static_cast<std::size_t>(300 * l + k)], 2);
        EXPECT_NEAR(square, 1, 1e-5);
    }
}

TEST(FeatureScores, OfOneSetWithItselfAreAtTheFloor) {
    Team team(1);
    const std::vector<float> x = noise(60, 8, 1);
    const FeatureScores same = score_features(as_rows(x, 8), as_rows(x, 8), team);
    EXPECT_NEAR(same.fid, 0, 1e-6);
    EXPECT_LT(same.kid, 0);  // unbiased: pairs of a row with itself are in the mixed term only
    EXPECT_EQ(same.precision, 1);
    EXPECT_EQ(same.recall, 1);
    std::vector<float> far = x;
    for (float& number : far) number += 100;
    const FeatureScores apart = score_features(as_rows(far, 8), as_rows(x, 8), team);
    EXPECT_NEAR(apart.fid, 8 * 1e4, 1);
    EXPECT_EQ(apart.precision, 0);
    EXPECT_EQ(apart.recall, 0);
    EXPECT_THROW((void)score_features(as_rows(std::span(x).first(24), 8), as_rows(x, 8), team), Error);
}

TEST(ImageReference, TheDataItselfIsAtDistanceZeroAndNoiseIsNot) {
    Team team(2);
    const StoredImages data = pictures(80);
    const ImageReference reference(data, nullptr, 1000, team);
    EXPECT_EQ(reference.count(), 40);
    const ImageScores floor = reference.floor(team);
    EXPECT_EQ(floor.n, 40);
    EXPECT_FALSE(floor.features || floor.accuracy || floor.class_score);
    const ImageScores bad = reference.score(noise(40, 192, 5), {}, team);
    EXPECT_GT(bad.swd_pixels, 3 * floor.swd_pixels);
    EXPECT_GT(bad.swd_random, 2 * floor.swd_random);
    EXPECT_THROW((void)reference.score(noise(40, 191, 5), {}, team), Error);
    std::vector<float> broken = noise(40, 192, 5);
    broken[192 * 3 + 5] = NAN;
    EXPECT_THROW((void)reference.score(broken, {}, team), Error);
    EXPECT_THROW(ImageReference(pictures(6), nullptr, 10, team), Error);
}

TEST(ImageReference, AJudgeCountsWhatItTakesForTheAskedClass) {
    Team team(1);
    const StoredImages data = pictures(40);
    ImageClassifier classifier({.height = 8,
                                .width = 8,
                                .channels = 3,
                                .classes = 2,
                                .patch = 2,
                                .hidden = 8,
                                .depth = 0,
                                .heads = 2});
    classifier.initialise(1);
    for (Param& param : classifier.params().all())
        if (param.name == "last.bias") param.value.f32()[1] = 1;  // takes everything for class 1
    classifier.params().repack(team, Precision::f32);
    const ImageReference reference(data, &classifier, 20, team);
    const std::vector<float> images = noise(8, 192, 1);
    const std::vector<std::int32_t> labels = {1, 1, 1, 0, 0, 0, 0, 2};
    const ImageScores scores = reference.score(images, labels, team);
    EXPECT_DOUBLE_EQ(*scores.accuracy, 3.0 / 8);
    EXPECT_NEAR(*scores.class_score, 1, 1e-6);
    EXPECT_TRUE(scores.features);
    EXPECT_FALSE(reference.score(images, {}, team).accuracy);
    EXPECT_THROW((void)reference.score(images, std::vector<std::int32_t>{1}, team), Error);
    const ImageScores floor = reference.floor(team);
    EXPECT_NEAR(*floor.accuracy, 0.5, 0.3);
}

}  // namespace

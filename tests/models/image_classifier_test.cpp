// SPDX-License-Identifier: MIT
#include "models/image_classifier.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/rng.hpp"
#include "models/classify.hpp"

namespace {

using namespace mf;

ImageClassifier::Config small() {
    return {.height = 8, .width = 12, .channels = 3, .classes = 4, .patch = 1, .hidden = 16, .heads = 2};
}

std::vector<float> noise(std::int64_t count) {
    std::vector<float> out(static_cast<std::size_t>(count));
    Random(3, Stream::test).normal_vector(out.data(), count, 0);
    return out;
}

TEST(ImageClassifier, ARowDoesNotDependOnTheOthersOrOnTheThreads) {
    ImageClassifier classifier(small());
    classifier.initialise(1);
    for (float& w : classifier.params().flat()) w += 0.01F;  // the last layer starts at zero
    Team one(1), two(2);
    classifier.params().repack(one, Precision::f32);
    const std::vector<float> images = noise(101 * classifier.pixels());
    const Classified all = classify(classifier, images, one), again = classify(classifier, images, two);
    EXPECT_EQ(all.rows, 101);
    EXPECT_EQ(all.features.size(), 101U * 16U);
    EXPECT_EQ(all.features, again.features);
    EXPECT_EQ(all.logits, again.logits);
    const auto first = static_cast<std::size_t>(100 * classifier.pixels());
    const Classified last = classify(classifier, std::span(images).subspan(first), one);
    EXPECT_TRUE(std::equal(last.logits.begin(), last.logits.end(), all.logits.end() - 4));
    EXPECT_EQ(last.classes().front(), all.classes().back());
}

TEST(ImageClassifier, StartsWithEvenClasses) {
    ImageClassifier classifier(small());
    classifier.initialise(1);
    Team team(1);
    classifier.params().repack(team, Precision::f32);
    const Classified found = classify(classifier, noise(2 * classifier.pixels()), team);
    for (const float logit : found.logits) EXPECT_EQ(logit, 0.0F);
    for (const float feature : found.features) EXPECT_TRUE(std::isfinite(feature));
}

TEST(ImageClassifier, PatchesFitTheImage) {
    Settings settings(ImageClassifier::options());
    const auto patch = [&](std::int64_t side) {
        return ImageClassifier::configure(settings, {{side, side, 3}, 10}).patch;
    };
    EXPECT_EQ(patch(8), 1);
    EXPECT_EQ(patch(28), 2);
    EXPECT_EQ(patch(32), 2);
    EXPECT_EQ(patch(64), 4);
    EXPECT_EQ(patch(256), 16);
}

TEST(ImageClassifier, WhatItCannotDoIsSaid) {
    Settings settings(ImageClassifier::options());
    EXPECT_THROW((void)ImageClassifier::configure(settings, {{2}, 10}), UsageError);
    EXPECT_THROW((void)ImageClassifier::configure(settings, {{32, 32, 3}, 0}), UsageError);
    ImageClassifier::Config odd = small();
    odd.width = 9;
    EXPECT_THROW(ImageClassifier{odd}, UsageError);
    ImageClassifier::Config heads = small();
    heads.heads = 3;
    EXPECT_THROW(ImageClassifier{heads}, UsageError);
    const ImageClassifier classifier(small());
    Team team(1);
    EXPECT_THROW((void)classify(classifier, std::vector<float>(7), team), Error);
}

}  // namespace

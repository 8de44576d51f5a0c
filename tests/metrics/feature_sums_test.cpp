// SPDX-License-Identifier: MIT
// Scores of images that pass by, against those of whole sets; and statistics in files.
#include "metrics/feature_sums.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/rng.hpp"
#include "io/npz.hpp"
#include "io/safetensors.hpp"
#include "metrics/feature_statistics.hpp"
#include "metrics/frechet.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/precision_recall.hpp"
#include "metrics/tensor_io.hpp"
#include "support/said.hpp"

namespace {

using namespace mf;
using test::error_of;

constexpr std::int64_t kTotal = 137, kFeatures = 9, kSpatial = 14, kClasses = 6;
constexpr FeaturePlan kPlan{
    .total = kTotal, .features = kFeatures, .spatial = kSpatial, .classes = kClasses, .kept = 50};

std::vector<float> rows_of(std::int64_t cols, std::uint64_t seed) {
    std::vector<float> out(static_cast<std::size_t>(kTotal * cols));
    Random(seed, Stream::test).normal_vector(out.data(), kTotal * cols, 0);
    return out;
}

struct Images {
    std::vector<float> features = rows_of(kFeatures, 1), spatial = rows_of(kSpatial, 2),
                       logits = rows_of(kClasses, 3);

    FeatureRows rows(std::int64_t first, std::int64_t count) const {
        return {{features.data() + first * kFeatures, count, kFeatures},
                {spatial.data() + first * kSpatial, count, kSpatial},
                {logits.data() + first * kClasses, count, kClasses}};
    }
};

std::filesystem::path here(const char* name) { return std::filesystem::path(testing::TempDir()) / name; }

TEST(FeatureSums, EqualTheScoresOfTheWholeSet) {
    Team team(2);
    const Images images;
    for (const bool permuted : {false, true}) {
        FeaturePlan plan = kPlan;
        plan.permuted = permuted;
        FeatureSums sums(plan);
        for (std::int64_t at = 0; at < kTotal; at += 20)
            sums.add(images.rows(at, std::min<std::int64_t>(20, kTotal - at)), team);
        ASSERT_TRUE(sums.complete());
        std::vector<std::int64_t> order;
        if (permuted) order = legacy_permutation(2020, kTotal);
        const InceptionScore whole = inception_score(images.rows(0, kTotal).logits, 10, order);
        EXPECT_NEAR(sums.inception_score().mean, whole.mean, 1e-12);
        EXPECT_NEAR(sums.inception_score().std, whole.std, 1e-12);
        EXPECT_EQ(sums.features().covariance, fit_gaussian(images.rows(0, kTotal).features, team).covariance);
        EXPECT_EQ(sums.kept().rows, 50);
    }
}

TEST(FeatureSums, GoOnFromAFileToTheSameBits) {
    Team team(2), alone(1);
    const Images images;
    FeatureSums whole(kPlan);
    whole.add(images.rows(0, kTotal), team);
    const auto path = here("sums.safetensors");
    FeatureSums parts(kPlan);
    for (std::int64_t at = 0, step = 0; at < kTotal; at += step) {
        TensorFile file;
        file.tensors = parts.save();
        write_safetensors(path, file);
        parts = FeatureSums(kPlan);
        parts.load(read_safetensors(path).tensors, "sums");
        step = std::min<std::int64_t>(at == 0 ? 1 : 45, kTotal - at);
        parts.add(images.rows(at, step), alone);
    }
    EXPECT_EQ(parts.features().covariance, whole.features().covariance);
    EXPECT_EQ(parts.spatial().mean, whole.spatial().mean);
    EXPECT_EQ(parts.inception_score().per_part, whole.inception_score().per_part);
    EXPECT_TRUE(std::ranges::equal(std::span(parts.kept().data, 50 * kFeatures),
                                   std::span(whole.kept().data, 50 * kFeatures)));
    auto damaged = whole.save();
    damaged["score.rows"] = tensor_of_integer(3);
    EXPECT_THROW(FeatureSums(kPlan).load(damaged, "f"), Error);
    FeaturePlan other = kPlan;
    other.classes = 7;
    EXPECT_THROW(FeatureSums(other).load(whole.save(), "f"), Error);
}

TEST(FeatureSums, UselessRowsAreRefusedAndNamed) {
    Team team;
    Images images;
    FeatureSums sums(kPlan);
    sums.add(images.rows(0, 30), team);
    images.features[31 * kFeatures + 2] = NAN;
    EXPECT_NE(error_of([&] { sums.add(images.rows(30, 10), team); }).find("images, 30 on: row 1, column 2"),
              std::string::npos);
    EXPECT_EQ(sums.rows(), 30);
    EXPECT_THROW((void)sums.inception_score(), Error) << "not all have come";
    EXPECT_THROW(
        sums.add({images.rows(0, 2).features, images.rows(0, 2).spatial, images.rows(0, 1).logits}, team),
        Error);
}

TEST(FeatureStatistics, ScoresAreThoseOfTheWholeSets) {
    Team team(2);
    const Images images;
    FeatureSums sums(kPlan), reference(kPlan);
    sums.add(images.rows(0, kTotal), team);
    Images others;
    others.features = rows_of(kFeatures, 7);
    others.spatial = rows_of(kSpatial, 8);
    reference.add(others.rows(0, kTotal), team);
    const auto path = here("statistics.npz");
    FeatureStatistics known = statistics_of(reference);
    known.about = {{"variant", "imf-jax"}, {"what", "a = b"}};
    write_statistics(path, known);
    EXPECT_TRUE(holds_statistics(path));
    const FeatureStatistics read = read_statistics(path);
    EXPECT_EQ(read.about, known.about);
    EXPECT_EQ(read.count, kTotal);
    EXPECT_EQ(read.features.covariance, known.features.covariance);
    EXPECT_EQ(read.kept, known.kept);
    const InceptionScores got = score_against(sums, read, team);
    const MatrixView x = images.rows(0, kTotal).features, y = others.rows(0, kTotal).features;
    EXPECT_NEAR(got.fid, frechet_distance(x, y, team), 1e-10);
    EXPECT_NEAR(*got.sfid,
                frechet_distance(images.rows(0, kTotal).spatial, others.rows(0, kTotal).spatial, team),
                1e-10);
    EXPECT_EQ(*got.kid, kid(first_rows(x, 50), first_rows(y, 50), team));
    const PrecisionRecall shares = precision_recall(first_rows(y, 50), first_rows(x, 50), 3, team);
    EXPECT_EQ(*got.precision, shares.precision);
    EXPECT_EQ(*got.recall, shares.recall);
    EXPECT_FALSE(got.kid_subsets) << "too few for subsets of 1000";
    EXPECT_EQ(got.n, kTotal);
}

TEST(FeatureStatistics, FilesOfOthersAreRead) {
    const auto path = here("others.npz");
    const std::vector<float> mean = {1, 2, 3}, covariance = {4, 1, 0, 1, 5, 0, 0, 0, 6};
    const Tensor mu = tensor_of_floats(mean, {3}), sigma = tensor_of_floats(covariance, {3, 3});
    for (const auto& [m, s] : {std::pair{"mu", "sigma"}, {"ref_mu", "ref_sigma"}}) {
        write_npz(path, {{m, mu}, {s, sigma}, {"mu_s", mu}, {"sigma_s", sigma}, {"arr_0", sigma}});
        const FeatureStatistics got = read_statistics(path);
        EXPECT_EQ(got.mean_name, m);
        EXPECT_EQ(got.features.mean, (std::vector<double>{1, 2, 3}));
        EXPECT_EQ(got.features.covariance[4], 5);
        EXPECT_TRUE(got.spatial);
        EXPECT_TRUE(got.kept.empty());
    }
}

TEST(FeatureStatistics, OtherFilesAreRefusedInALine) {
    const auto path = here("wrong.npz");
    const Tensor mu = tensor_of_floats({1, 2, 3}, {3}),
                 sigma = tensor_of_floats({4, 1, 0, 1, 5, 0, 0, 0, 6}, {3, 3});
    write_npz(path, {{"mean", mu}, {"cov", sigma}});
    EXPECT_FALSE(holds_statistics(path));
    const std::string keys = error_of([&] { (void)read_statistics(path); });
    for (const char* part : {"mu and sigma", "ref_mu and ref_sigma", "mean", "cov"})
        EXPECT_NE(keys.find(part), std::string::npos) << keys;
    write_npz(path, {{"mu", tensor_of_floats({1, 2}, {2})}, {"sigma", sigma}});
    EXPECT_NE(error_of([&] { (void)read_statistics(path); }).find("(3, 3), expected (2, 2)"),
              std::string::npos);
    write_npz(path, {{"mu", mu}, {"sigma", tensor_of_floats({4, 1, 0, -1, 5, 0, 0, 0, 6}, {3, 3})}});
    EXPECT_NE(error_of([&] { (void)read_statistics(path); }).find("not symmetric"), std::string::npos);
    write_npz(path, {{"mu", tensor_of_floats({1, NAN, 3}, {3})}, {"sigma", sigma}});
    EXPECT_NE(error_of([&] { (void)read_statistics(path); }).find("place 1"), std::string::npos);

    Team team;
    FeatureSums sums(kPlan);
    sums.add(Images().rows(0, kTotal), team);
    FeatureStatistics other;
    other.features = {{0, 0}, {1, 0, 0, 1}};
    EXPECT_NE(error_of([&] { (void)score_against(sums, other, team); }).find("9 features"),
              std::string::npos);
}

}  // namespace

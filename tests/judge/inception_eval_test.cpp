// SPDX-License-Identifier: MIT
// The published distances on a narrow network and small pictures: where pictures come from, what is kept, what is refused.
#include "judge/inception_eval.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "core/error.hpp"
#include "core/rng.hpp"
#include "io/npz.hpp"
#include "io/png.hpp"
#include "support/said.hpp"
#include "support/tiny_inception.hpp"

namespace {

using namespace mf;
using test::error_of;
using test::says;
using test::Scratch;

Tensor bytes_of(std::int64_t count, std::int64_t side, std::uint64_t seed) {
    Tensor out({count, side, side, 3}, DType::u8);
    auto* to = static_cast<std::uint8_t*>(out.raw());
    for (std::int64_t i = 0; i < out.count(); ++i)
        to[i] = static_cast<std::uint8_t>(philox(seed, Stream::test, static_cast<std::uint64_t>(i / 97))[0] +
                                          i * seed);
    return out;
}

class OnPictures : public testing::Test {
  protected:
    OnPictures() {
        TensorFile file;
        file.tensors = test::tiny_inception();
        write_safetensors(scratch / "tiny.safetensors", file);
        write_npz(scratch / "a.npz", {{"arr_0", bytes_of(14, 16, 1)}});
        write_npz(scratch / "b.npz", {{"arr_0", bytes_of(11, 16, 2)}});
    }
    InceptionRequest request(const std::string& reference) const {
        InceptionRequest out;
        out.inception = scratch / "tiny.safetensors";
        if (!reference.empty()) out.reference = (scratch / reference).string();
        return out;
    }
    EvalRequest sampling() {
        EvalRequest out;
        out.remarks = out.progress = [this](const std::string& line) { remarks += line + "\n"; };
        return out;
    }
    InceptionScores scores_of(const std::string& target, const InceptionRequest& request) {
        InceptionEval eval(request, sampling(), team);
        EXPECT_TRUE(eval.add((scratch / target).string()));
        variant = eval.variant();
        return eval.results().at(0).scores;
    }

    Scratch scratch;
    Team team{2};
    std::string remarks, variant;
};

/// Three pictures at a time.
class Portions final : public PictureSource {
  public:
    explicit Portions(std::unique_ptr<PictureSource> all) : all_(std::move(all)) {}
    std::int64_t count() const override { return all_->count(); }
    std::vector<BytePicture> read(std::int64_t first, std::int64_t n, Team& t) override {
        return all_->read(first, n, t);
    }
    std::string print() const override { return all_->print(); }
    PictureSize size() const override { return all_->size(); }
    std::int64_t portion() const override { return 3; }

  private:
    std::unique_ptr<PictureSource> all_;
};

TEST_F(OnPictures, StoppedAndGoneOnWithTheNumbersAreTheSameBits) {
    const OpenedInception network = open_inception(scratch / "tiny.safetensors", Precision::f32, team);
    const FidVariant& variant = fid_variant("imf-jax");
    const auto source = [&](const char* name) {
        return Portions(pictures_of_arrays(scratch / name, 0, variant.bytes));
    };
    Portions pictures = source("a.npz");
    const FeatureSums whole = measure(network, pictures, variant, {}, team);
    ASSERT_TRUE(whole.complete());
    MeasureRequest request;
    request.state = scratch / "state";
    request.name = "a";
    request.remarks = [this](const std::string& line) { remarks += line + "\n"; };
    int rounds = 0;
    std::optional<FeatureSums> parts;
    for (; rounds < 20 && !(parts && parts->complete()); ++rounds) {
        int portions = 0;
        request.wants_stop = [&] { return portions++ == 2; };
        Team alone(1);
        Portions again = source("a.npz");
        parts = measure(network, again, variant, request, alone);
    }
    EXPECT_EQ(rounds, 3);
    EXPECT_TRUE(says(remarks, {"a: goes on after 6 of 14", "after 12 of 14"})) << remarks;
    EXPECT_EQ(parts->features().covariance, whole.features().covariance);
    EXPECT_EQ(parts->spatial().covariance, whole.spatial().covariance);
    EXPECT_EQ(parts->inception_score().per_part, whole.inception_score().per_part);

    MeasureRequest nowhere;
    nowhere.state = scratch / "no folder" / "state";
    nowhere.save_seconds = 0;
    nowhere.name = "a";
    nowhere.remarks = request.remarks;
    Portions once_more = source("a.npz");
    EXPECT_EQ(measure(network, once_more, variant, nowhere, team).features().mean, whole.features().mean);
    EXPECT_TRUE(says(remarks, {"a: cannot be gone on with"})) << remarks;

    Portions other = source("b.npz");
    EXPECT_TRUE(says(error_of([&] { (void)measure(network, other, variant, request, team); }),
                     {"state: is of another evaluation", "remove it"}));
    Portions same = source("a.npz");
    EXPECT_TRUE(says(error_of([&] { (void)measure(network, same, fid_variant("adm"), request, team); }),
                     {"another evaluation"}));
    {
        std::fstream file(scratch / "state", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(-5, std::ios::end);
        file.put('!');
    }
    Portions damaged = source("a.npz");
    EXPECT_TRUE(
        says(error_of([&] { (void)measure(network, damaged, variant, request, team); }), {"damaged"}));
}

TEST_F(OnPictures, FoldersArraysAndTheirStatisticsGiveTheSameNumbers) {
    std::filesystem::create_directories(scratch / "folder");
    const Tensor bytes = bytes_of(11, 16, 2);
    for (std::int64_t i = 0; i < 11; ++i) {
        const auto* from = static_cast<const std::uint8_t*>(bytes.raw()) + i * 768;
        write_png(scratch / ("folder/" + std::to_string(100 + i) + ".png"), {16, 16, 3, {from, from + 768}});
    }
    const InceptionScores arrays = scores_of("a.npz", request("b.npz"));
    EXPECT_EQ(variant, "imf-jax");
    EXPECT_TRUE(std::filesystem::exists(scratch / "b.npz.fid-imf-jax.npz"));
    EXPECT_GT(arrays.fid, 0);
    EXPECT_TRUE(arrays.sfid && arrays.kid && arrays.precision && arrays.recall);
    const InceptionScores folder = scores_of("a.npz", request("folder"));
    EXPECT_EQ(folder.fid, arrays.fid);
    EXPECT_EQ(*folder.sfid, *arrays.sfid);
    EXPECT_EQ(*folder.kid, *arrays.kid);
    const auto cache = scratch / "folder.fid-imf-jax-adm16.npz";
    ASSERT_TRUE(std::filesystem::exists(cache));
    remarks.clear();
    EXPECT_EQ(scores_of("a.npz", request("folder/")).fid, arrays.fid);
    EXPECT_TRUE(says(remarks, {"statistics from", "folder.fid-imf-jax-adm16.npz"})) << remarks;
    // Its statistics as a file; and what they were made by counts.
    EXPECT_EQ(scores_of("a.npz", request("folder.fid-imf-jax-adm16.npz")).fid, arrays.fid);
    InceptionRequest clean = request("folder.fid-imf-jax-adm16.npz");
    clean.variant = "clean-fid";
    EXPECT_TRUE(
        says(error_of([&] { (void)scores_of("a.npz", clean); }), {"--fid-variant clean-fid", "imf-jax"}));
    clean = request("folder");
    clean.variant = "clean-fid";
    EXPECT_NE(scores_of("a.npz", clean).fid, arrays.fid);

    std::filesystem::remove(scratch / "folder/103.png");
    remarks.clear();
    EXPECT_NE(scores_of("a.npz", request("folder")).fid, arrays.fid);
    EXPECT_TRUE(says(remarks, {"of other pictures"})) << remarks;
}

TEST_F(OnPictures, StatisticsOfOthersSayWhoseTheyAre) {
    InceptionRequest own = request("");
    own.save_statistics = scratch / "own.npz";
    (void)scores_of("b.npz", own);
    const FeatureStatistics known = read_statistics(scratch / "own.npz");
    EXPECT_EQ(known.count, 11);
    const auto tensor = [](const std::vector<double>& values, const Shape& shape) {
        Tensor out(shape, DType::f64);
        std::ranges::copy(values, static_cast<double*>(out.raw()));
        return out;
    };
    const std::int64_t d = known.features.dim(), p = known.spatial->dim();
    const Tensor mu = tensor(known.features.mean, {d}), sigma = tensor(known.features.covariance, {d, d}),
                 mu_s = tensor(known.spatial->mean, {p}), sigma_s = tensor(known.spatial->covariance, {p, p});
    struct Case {
        std::map<std::string, Tensor> arrays;
        const char* variant;
    };
    for (const Case& c : {Case{{{"ref_mu", mu}, {"ref_sigma", sigma}}, "imf-jax"},
                          {{{"mu", mu}, {"sigma", sigma}}, "imf-torch"},
                          {{{"mu", mu},
                            {"sigma", sigma},
                            {"mu_s", mu_s},
                            {"sigma_s", sigma_s},
                            {"arr_0", bytes_of(11, 16, 2)}},
                           "adm"}}) {
        write_npz(scratch / "theirs.npz", c.arrays);
        const InceptionScores got = scores_of("a.npz", request("theirs.npz"));
        EXPECT_EQ(variant, c.variant);
        EXPECT_EQ(got.sfid.has_value(), variant == "adm");
        EXPECT_EQ(got.precision.has_value(), variant == "adm") << "images in it have features";
    }
    write_npz(scratch / "early.npz", {{"mu", Tensor::zeros({192})}, {"sigma", Tensor::zeros({192, 192})}});
    EXPECT_TRUE(says(error_of([&] { (void)scores_of("a.npz", request("early.npz")); }),
                     {"192 features", "earlier layer"}));
    write_npz(scratch / "small.npz", {{"mu", tensor({1, 2}, {2})}, {"sigma", tensor({1, 0, 0, 1}, {2, 2})}});
    EXPECT_TRUE(says(error_of([&] { (void)scores_of("a.npz", request("small.npz")); }),
                     {"small.npz", "2 features", "gives"}));
}

TEST_F(OnPictures, WithoutAReferenceThereIsTheInceptionScoreAlone) {
    InceptionEval eval(request(""), sampling(), team);
    EXPECT_TRUE(eval.add((scratch / "a.npz").string()));
    EXPECT_FALSE(eval.results().at(0).has_reference);
    EXPECT_GE(eval.results().at(0).scores.inception_score.mean, 1);
    EXPECT_TRUE(eval.reference_text().empty());
    EXPECT_TRUE(says(remarks, {"no published FID", "16 x 16"})) << remarks;
}

TEST_F(OnPictures, NumbersThatAreNoneAreRefusedWithTheImage) {
    Tensor floats({4, 8, 8, 3}, DType::f32);
    floats.fill(0.25F);
    floats.f32()[2 * 192 + 5] = NAN;
    write_npz(scratch / "nan.npz", {{"samples", floats}});
    EXPECT_TRUE(
        says(error_of([&] { (void)scores_of("nan.npz", request("b.npz")); }), {"nan.npz: image 2", "nan"}));
    write_npz(scratch / "one.npz", {{"samples", Tensor::zeros({1, 8, 8, 3})}});
    EXPECT_TRUE(
        says(error_of([&] { (void)scores_of("one.npz", request("b.npz")); }), {"expected at least 2"}));
    write_npz(scratch / "four.npz", {{"samples", Tensor::zeros({3, 8, 8, 4})}});
    EXPECT_TRUE(says(error_of([&] { (void)scores_of("four.npz", request("b.npz")); }), {"4 channels"}));
}

TEST(FidVariant, RulesForBytesAndTheNetworksInput) {
    const std::vector<float> values = {
        -1.1F, -1, 1, 1.1F, 0, 1 / 127.5F, 100.4F / 127.5F - 1, 100.6F / 127.5F - 1};
    const auto bytes = [&](ByteRule rule) {
        std::vector<int> out;
        const BytePicture picture = byte_picture(values, 1, static_cast<int>(values.size()), 1, rule, "here");
        for (std::size_t i = 0; i < picture.pixels.size(); i += 3) {
            EXPECT_EQ(picture.pixels[i], picture.pixels[i + 2]);
            out.push_back(picture.pixels[i]);
        }
        return out;
    };
    EXPECT_EQ(bytes(ByteRule::nearest), (std::vector<int>{0, 0, 255, 255, 128, 129, 100, 101}));
    EXPECT_EQ(bytes(ByteRule::down), (std::vector<int>{0, 0, 255, 255, 127, 128, 100, 100}));
    // Every byte of a picture is itself under the rule for bytes.
    for (int byte = 0; byte < 256; ++byte) {
        const float value = static_cast<float>(byte) / 127.5F - 1;
        EXPECT_EQ(byte_picture({&value, 1}, 1, 1, 1, ByteRule::nearest, "").pixels[0], byte);
    }
    Team team(1);
    const BytePicture gray{2, 2, std::vector<std::uint8_t>(12, 200)};
    for (const FidVariant& variant : fid_variants()) {
        const Tensor input = network_input({&gray, 1}, variant, team);
        ASSERT_EQ(input.shape(), Shape({1, 299, 299, 3}));
        const float expected = variant.name == "pytorch-fid" ? 200 / 127.5F - 1 : 0.5625F;
        for (const float value : input.floats()) ASSERT_NEAR(value, expected, 1e-6) << variant.name;
    }
    EXPECT_TRUE(says(error_of([] { (void)fid_variant("tf2"); }), {"tf2", "imf-jax", "clean-fid"}));
}

}  // namespace

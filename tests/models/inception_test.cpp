// SPDX-License-Identifier: MIT
// The FID network: the published size against golden vectors, and a narrow one for all the rest.
#include "models/inception.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "support/said.hpp"
#include "support/tiny_inception.hpp"
#include "verify/kinds.hpp"

namespace {

using namespace mf;
using test::error_of;
using test::says;

Tensor some_pictures(std::int64_t count) {
    Tensor out({count, Inception::kSide, Inception::kSide, 3}, DType::f32);
    for (std::int64_t i = 0; i < out.count(); ++i)
        out.f32()[i] = static_cast<float>((i * 2654435761 >> 9) % 256 - 128) / 128;
    return out;
}

TEST(Inception, PublishedSizeAgreesWithGoldenVectors) {
    Team team(2);
    CpuDevice device(team);
    for (const char* name : {"inception_one.safetensors", "resize299_in64.safetensors"}) {
        const verify::Reference reference(std::filesystem::path(MF_TEST_DATA) / name);
        verify::Comparison comparison(reference);
        verify::kind_of(name)->verify(reference, comparison, {team, device});
        EXPECT_TRUE(comparison.passed())
            << name << ": " << comparison.worst()->name << " " << comparison.worst()->error;
        EXPECT_GE(comparison.all().size(), 15U);
    }
}

TEST(Inception, APicturesNumbersDoNotDependOnTheOthers) {
    Team team(2), one_thread(1);
    CpuDevice device(team), alone(one_thread);
    const Inception network(test::tiny_inception(), "tiny", team);
    EXPECT_FALSE(network.is_published_size());
    EXPECT_EQ(network.spatial(), 2023);
    Pool pool;
    const Tensor all = some_pictures(3);
    std::vector<std::string> stages;
    const InceptionOutput together =
        network({device, pool}, all, [&](std::string_view stage, const Tensor& x) {
            stages.emplace_back(stage);
            EXPECT_EQ(x.shape()[0], 3);
        });
    EXPECT_EQ(stages.size(), 19U);
    EXPECT_EQ(stages.front(), "Conv2d_1a_3x3");
    EXPECT_EQ(stages[3], "maxpool1");
    EXPECT_EQ(stages.back(), "avgpool");
    const std::int64_t each = all.count() / 3;
    for (std::int64_t i = 0; i < 3; ++i) {
        const Tensor one = Tensor::view_of(const_cast<float*>(all.f32()) + i * each,
                                           {1, Inception::kSide, Inception::kSide, 3}, DType::f32);
        const InceptionOutput apart = network({alone, pool}, one);
        for (const auto& [a, b] : {std::pair{&together.features, &apart.features},
                                   {&together.spatial, &apart.spatial},
                                   {&together.logits, &apart.logits}})
            EXPECT_TRUE(std::ranges::equal(a->row_range(i, i + 1).floats(), b->floats())) << i;
    }
    EXPECT_THROW((void)network({device, pool}, Tensor::zeros({1, 32, 32, 3})), Error);
}

TEST(Inception, SpatialFeaturesAreSevenChannelsOfMixed6d) {
    Team team(1);
    auto weights = test::tiny_inception();
    // The first channel of Mixed_6d's first branch gives its bias alone, the second nothing.
    Tensor& kernel = weights["Mixed_6d.branch1x1.conv.weight"];
    std::fill_n(kernel.f32(), 2 * kernel.shape()[1], 0.0F);
    for (const char* name : {"bias", "running_mean"})
        std::fill_n(weights["Mixed_6d.branch1x1.bn." + std::string(name)].f32(), 2, 0.0F);
    weights["Mixed_6d.branch1x1.bn.bias"].f32()[0] = 2.5F;
    const Inception network(weights, "tiny", team);
    Pool pool;
    CpuDevice device(team);
    const InceptionOutput got = network({device, pool}, some_pictures(1));
    ASSERT_EQ(got.spatial.shape(), Shape({1, 2023}));
    bool others = false;
    for (std::int64_t i = 0; i < 289; ++i) {
        EXPECT_EQ(got.spatial.f32()[7 * i], 2.5F);
        EXPECT_EQ(got.spatial.f32()[7 * i + 1], 0);
        for (std::int64_t c = 2; c < 7; ++c) others |= got.spatial.f32()[7 * i + c] > 0;
    }
    EXPECT_TRUE(others);
    for (std::int64_t i = 0; i < network.classes(); ++i)
        EXPECT_NEAR(got.logits.f32()[i], got.logits_without_bias.f32()[i] + weights["fc.bias"].f32()[i],
                    1e-5);
}

TEST(Inception, OtherFilesAreNamedForWhatTheyAre) {
    Team team(1);
    const auto open = [&](const std::map<std::string, Tensor>& weights) {
        return error_of([&] { const Inception network(weights, "x.safetensors", team); });
    };
    const Tensor any = Tensor::zeros({4});
    EXPECT_TRUE(says(open({{"decoder.conv_in.weight", any}}), {"x.safetensors", "autoencoder"}));
    EXPECT_TRUE(says(open({{"net.x_embedder.proj.weight", any}}), {"transformer"}));
    EXPECT_TRUE(says(open({{"layer.weight", any}}), {"1 tensors such as layer.weight", "pytorch-fid"}));
    EXPECT_TRUE(says(open({}), {"none at all"}));
    auto weights = test::tiny_inception();
    weights["AuxLogits.fc.weight"] = any;
    EXPECT_TRUE(says(open(weights), {"torchvision"}));
    weights = test::tiny_inception();
    weights.erase("Mixed_6b.branch7x7_2.bn.running_var");
    weights["Mixed_6b.branch7x7_2.bn.variance"] = any;
    EXPECT_TRUE(says(open(weights),
                     {"1 missing", "in the place of Mixed_6b.branch7x7_2.bn.running_var", "bn.variance"}));
    for (int i = 0; i < 12; ++i) weights.erase(weights.lower_bound("Mixed_7b."));
    EXPECT_TRUE(says(open(weights), {"13 missing", "and 3 more"}));
    weights = test::tiny_inception();
    weights["surplus"] = any;
    EXPECT_TRUE(says(open(weights), {"does not have", "surplus"}));
    weights.erase("surplus");
    weights["Conv2d_1a_3x3.bn.num_batches_tracked"] = Tensor({1}, DType::i64);
    EXPECT_EQ(open(weights), "nothing was wrong");
    weights["Mixed_5c.branch5x5_2.conv.weight"] = Tensor::zeros({8, 8, 3, 3});
    EXPECT_TRUE(
        says(open(weights), {"Mixed_5c.branch5x5_2.conv.weight", "(8, 8, 3, 3), expected (8, 8, 5, 5)"}));
    weights = test::tiny_inception();
    weights["Conv2d_2a_3x3.conv.weight"].f32()[5] = NAN;
    EXPECT_TRUE(says(open(weights), {"Conv2d_2a_3x3.conv.weight", "nan", "place 5"}));
    weights = test::tiny_inception();
    weights["Conv2d_2a_3x3.bn.running_var"].f32()[2] = -1;
    EXPECT_TRUE(says(open(weights), {"running_var", "-1", "channel 2"}));
}

}  // namespace

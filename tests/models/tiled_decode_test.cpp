// SPDX-License-Identifier: MIT
#include "models/tiled_decode.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/rng.hpp"
#include "models/vae_files.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace {

using namespace mf;
using namespace mf::test;

/// Latents of which each quarter is something else: what tiles that norm by themselves make the most of.
Tensor quarters(std::int64_t height, std::int64_t width) {
    Tensor z({1, height, width, 4}, DType::f32);
    Random(1, Stream::test).normal_vector(z.f32(), z.count(), 0);
    for (std::int64_t i = 0; i < height; ++i)
        for (std::int64_t j = 0; j < width; ++j)
            for (std::int64_t c = 0; c < 4; ++c) {
                float& number = z.f32()[(i * width + j) * 4 + c];
                number = number * (j < width / 2 ? 0.2F : 2.0F) +
                         (i < height / 2 ? 2.0F : -1.0F) * (c % 2 == 0 ? 1 : -1);
            }
    return z;
}

double largest_difference(const Tensor& a, const Tensor& b) {
    EXPECT_EQ(a.shape(), b.shape());
    double out = 0;
    for (std::int64_t i = 0; i < a.count(); ++i)
        out = std::max(out, std::abs(static_cast<double>(a.f32()[i]) - b.f32()[i]));
    return out;
}

TEST(TiledDecode, TilesAreTheWholePicture) {
    Team team(1);
    SdVae vae(small_vae());
    fill_vae(vae, 3, team);
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool};
    const Tensor z = quarters(20, 14), whole = vae.decode(context, z).value;
    for (const std::size_t levels : {0U, 1U, 2U}) {
        const TilePlan plan{.whole_levels = levels, .tile = std::int64_t{7} << levels};
        const double difference = largest_difference(decode_by_plan(vae, context, z, plan), whole);
        EXPECT_LT(difference, 1.0 / 255) << levels << ": half of a step of a byte";
        EXPECT_GT(difference, 0) << levels << ": it was not tiled";
    }
    // Rounds to the end: what is left is rounding.
    const TilePlan exact{.whole_levels = 1, .tile = 9, .exactness = 1e-6};
    EXPECT_LT(largest_difference(decode_by_plan(vae, context, z, exact), whole), 2e-5);
}

TEST(TiledDecode, ThoseOfANetworkThatIsPreparedToo) {
    Team team(1);
    SdVae vae({.channels = {16, 32}, .layers = 1, .groups = 4});
    fill_vae(vae, 5, team);
    vae.prepare(team, Precision::f32);
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool};
    const Tensor z = quarters(24, 17);
    const TilePlan plan{.whole_levels = 0, .tile = 6};
    EXPECT_LT(largest_difference(decode_by_plan(vae, context, z, plan), vae.decode(context, z).value),
              1.0 / 255);
}

TEST(TiledDecode, APlanStaysBelowItsMemory) {
    const SdVae::Config config;  // of Stable Diffusion
    EXPECT_EQ(plan_tiles(config, 32, 32, std::int64_t{2} << 30).tile, 0) << "a usual picture is not tiled";
    for (const std::int64_t side : {128, 256, 512})
        for (const std::int64_t mib : {1024, 2048, 4096}) {
            const std::int64_t bytes = mib << 20;
            const TilePlan plan = plan_tiles(config, side, side, bytes);
            EXPECT_LE(decode_bytes(config, side, side, plan), bytes) << side << " " << mib;
        }
    EXPECT_THROW(plan_tiles(config, 512, 512, 1 << 20), Error);
}

TEST(TiledDecode, TheEstimateOfMemoryHolds) {
    Team team(1);
    SdVae vae(small_vae());
    fill_vae(vae, 3, team);
    const Tensor z = quarters(24, 24);
    for (const TilePlan& plan : {TilePlan{}, TilePlan{.whole_levels = 1, .tile = 16, .exactness = 10}}) {
        Pool pool;
        CpuDevice device(team);
        decode_by_plan(vae, {device, pool}, z, plan);
        const std::int64_t estimate = decode_bytes(vae.config(), 24, 24, plan);
        // Beside the pictures there are the work spaces of convolutions and attention, which do not grow with them.
        EXPECT_LT(static_cast<std::int64_t>(pool.peak_bytes()), estimate + (3 << 20)) << plan.tile;
    }
}

}  // namespace

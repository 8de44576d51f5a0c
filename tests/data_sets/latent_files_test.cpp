// SPDX-License-Identifier: MIT
// Folders of .pt files as the official codes cache latents.
#include "data_sets/image_files.hpp"
#include "support/torch_bytes.hpp"

namespace {

using namespace mf;
using namespace mf::test;
namespace t = mf::test::torch;

constexpr int kHeight = 2, kWidth = 3, kPlanes = 8;

/// "image" of 8 planes of 2 x 3, number 0, 1, 2, ... of the storage plus `start`, and a label. `permuted`: saved after a
/// permutation, so that the storage has the channels last.
std::string latent(float start, std::int64_t label, bool permuted, bool old_form = false) {
    std::string numbers;
    for (int i = 0; i < kPlanes * kHeight * kWidth; ++i) numbers += t::little(start + static_cast<float>(i));
    const std::string image = t::storage("FloatStorage", "0", kPlanes * kHeight * kWidth);
    const std::vector<std::int64_t> strides = permuted
                                                  ? std::vector<std::int64_t>{1, kWidth * kPlanes, kPlanes}
                                                  : std::vector<std::int64_t>{kHeight * kWidth, kWidth, 1};
    const std::string planes = t::tensor(image, 0, {kPlanes, kHeight, kWidth}, strides);
    if (old_form)
        return t::legacy(t::dict({{"image", planes}, {"label", t::integer(label)}}), {{"0", numbers}});
    const std::string one = t::tensor(t::storage("LongStorage", "1", 1), 0, {}, {});
    return t::archive(t::dict({{"image", planes}, {"label", one}}),
                      {{"0", numbers}, {"1", t::little(label)}});
}

TEST(LatentFiles, StridesAreHonoured) {
    const Scratch scratch;
    std::filesystem::create_directories(scratch / "n02");
    std::filesystem::create_directories(scratch / "n01");
    scratch.put("n01/a.pt", latent(0, 2, true));
    scratch.put("n01/b.pt", latent(1000, 0, false));
    scratch.put("n02/c.pt", latent(2000, 5, true, true));
    const auto data = make_set("latents", scratch.folder(), {{"data.latents", "none"}});
    EXPECT_EQ(data->sample_shape(), (Shape{kHeight, kWidth, 4}));
    EXPECT_EQ(data->size(), 3);
    EXPECT_EQ(data->classes(), 6);
    const std::int32_t labels[] = {2, 0, 5};
    for (std::int64_t i = 0; i < 3; ++i) {
        std::vector<float> got(kHeight * kWidth * 4);
        std::int32_t label = -1;
        data->images()->stored(got.data(), &label, i);
        EXPECT_EQ(label, labels[i]);
        for (int y = 0; y < kHeight; ++y)
            for (int x = 0; x < kWidth; ++x)
                for (int c = 0; c < 4; ++c) {
                    const int at = i == 1 ? (c * kHeight + y) * kWidth + x : (y * kWidth + x) * kPlanes + c;
                    EXPECT_EQ(got[static_cast<std::size_t>((y * kWidth + x) * 4 + c)],
                              static_cast<float>(1000 * i + at))
                        << i << " " << y << " " << x << " " << c;
                }
    }
    // The deviations are planes 4 to 7: here 4 above the means, at least 4, and noise is never exactly 0 everywhere.
    std::vector<float> drawn(kHeight * kWidth * 4), again(drawn.size());
    data->draw(drawn.data(), nullptr, Random(1, Stream::data), 0, 1);
    data->draw(again.data(), nullptr, Random(1, Stream::data), 3, 1);
    EXPECT_NE(drawn, again);
}

TEST(LatentFiles, WhatIsNoLatentIsNamed) {
    const Scratch scratch;
    scratch.put("a.pt", latent(0, 2, true));
    scratch.put("b.pt", t::archive(t::dict({{"label", t::integer(1)}}), {}));
    EXPECT_TRUE(has(set_error("latents", scratch.folder()), "b.pt: has no tensor 'image'"));
    scratch.put("b.pt", "what");
    EXPECT_TRUE(has(set_error("latents", scratch.folder()), "b.pt"));
    scratch.put("b.pt", latent(0, -1, true));
    EXPECT_TRUE(has(set_error("latents", scratch.folder()), "b.pt: has no label"));
    const std::string small = t::storage("FloatStorage", "0", 8);
    scratch.put(
        "b.pt",
        t::archive(t::dict({{"image", t::tensor(small, 0, {8, 1, 1}, {1, 1, 1})}, {"label", t::integer(1)}}),
                   {{"0", t::floats(8)}}));
    EXPECT_TRUE(
        has(set_error("latents", scratch.folder()), "b.pt: 'image' has shape (8, 1, 1), a.pt has (8, 2, 3)"));
    std::filesystem::remove(scratch / "b.pt");
    EXPECT_TRUE(has(set_error("latents", scratch.folder(), {{"data.flip", "true"}}), "no mirrored pictures"));
    EXPECT_TRUE(has(set_error("latents", scratch.folder(), {{"data.check", "true"}}), "no checksums"));
    std::filesystem::create_directories(scratch / "train");
    std::filesystem::create_directories(scratch / "val");
    EXPECT_TRUE(has(set_error("latents", scratch.folder()), "is made of the parts"));
}

}  // namespace

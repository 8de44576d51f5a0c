// SPDX-License-Identifier: MIT
#include "io/cifar_binary.hpp"

#include "io/scratch.hpp"
#include "support/image_bytes.hpp"

namespace {

using namespace mf;
using namespace mf::test;

void expect_pixels(const CifarBatch& batch, std::size_t picture, int shift) {
    for (std::size_t p = 0; p < 1024; ++p)
        for (std::size_t c = 0; c < 3; ++c)
            ASSERT_EQ(batch.pixels[(picture * 1024 + p) * 3 + c],
                      (p + 50 * c + static_cast<std::size_t>(shift)) % 256);
}

TEST(CifarBinary, TenClasses) {
    const Scratch scratch;
    CifarBatch batch;
    append_cifar(batch, scratch.put("a.bin", cifar_record({9}) + cifar_record({0}, 7)), CifarLayout::ten);
    append_cifar(batch, scratch.put("b.bin", cifar_record({4}, 3)), CifarLayout::ten);
    EXPECT_EQ(batch.count(), 3);
    EXPECT_EQ(batch.labels, (std::vector<std::int32_t>{9, 0, 4}));
    EXPECT_TRUE(batch.coarse.empty());
    expect_pixels(batch, 0, 0);
    expect_pixels(batch, 1, 7);
    expect_pixels(batch, 2, 3);
}

TEST(CifarBinary, AHundredClasses) {
    const Scratch scratch;
    CifarBatch batch;
    append_cifar(batch, scratch.put("a.bin", cifar_record({19, 99}) + cifar_record({3, 42}, 1)),
                 CifarLayout::hundred);
    EXPECT_EQ(batch.labels, (std::vector<std::int32_t>{99, 42}));
    EXPECT_EQ(batch.coarse, (std::vector<std::int32_t>{19, 3}));
    expect_pixels(batch, 1, 1);
}

TEST(CifarBinary, TheSizeOfAFileTellsTheLayout) {
    EXPECT_EQ(cifar_layout(30730000), CifarLayout::ten);
    EXPECT_EQ(cifar_layout(153700000), CifarLayout::hundred);
    EXPECT_EQ(cifar_layout(0), std::nullopt);
    EXPECT_EQ(cifar_layout(3073 * 3074), std::nullopt);
    EXPECT_EQ(cifar_layout(5000), std::nullopt);
}

TEST(CifarBinary, Faults) {
    const Scratch scratch;
    const auto error = [&](const std::string& content, CifarLayout layout) {
        const auto path = scratch.put("a.bin", content);
        CifarBatch batch;
        const std::string text = error_of([&] { append_cifar(batch, path, layout); });
        EXPECT_TRUE(has(text, path.string()));
        return text;
    };
    EXPECT_TRUE(has(error("", CifarLayout::ten), "0 whole records of 3073 bytes and 0 bytes more"));
    EXPECT_TRUE(
        has(error(cifar_record({1}) + "xy", CifarLayout::ten), "1 whole records of 3073 bytes and 2 bytes"));
    EXPECT_TRUE(
        has(error(cifar_record({1}), CifarLayout::hundred), "0 whole records of 3074 bytes and 3073 bytes"));
    EXPECT_TRUE(has(error(cifar_record({9}) + cifar_record({10}), CifarLayout::ten),
                    "record 1 (byte 3073): the label 10, expected 0 to 9"));
    EXPECT_TRUE(has(error(cifar_record({20, 0}), CifarLayout::hundred),
                    "record 0 (byte 0): the coarse label 20, expected 0 to 19"));
    EXPECT_TRUE(has(error(cifar_record({0, 100}), CifarLayout::hundred),
                    "record 0 (byte 1): the label 100, expected 0 to 99"));
}

}  // namespace

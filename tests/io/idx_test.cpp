// SPDX-License-Identifier: MIT
#include "io/idx.hpp"

#include "io/scratch.hpp"
#include "support/image_bytes.hpp"

namespace {

using namespace mf;
using namespace mf::test;

std::string error_with(const std::string& content, std::uint64_t most_bytes = 1 << 20) {
    const Scratch scratch;
    const auto path = scratch.put("a-idx3-ubyte", content);
    const std::string text = error_of([&] { read_idx(path, most_bytes); });
    EXPECT_TRUE(has(text, path.string()));
    return text;
}

TEST(Idx, ReadsEveryRankPlainAndPacked) {
    const Scratch scratch;
    for (const auto& dims : std::vector<std::vector<std::uint32_t>>{
             {7}, {3, 5}, {2, 4, 3}, {2, 3, 4, 3}, {2, 1, 3, 1, 2}, {0, 28, 28}, {300, 31, 33}}) {
        const std::string bytes = idx_bytes(dims);
        for (const std::string& content : {bytes, gzipped(bytes)}) {
            const IdxArray array = read_idx(scratch.put("a", content));
            ASSERT_EQ(array.shape.rank(), static_cast<int>(dims.size()));
            for (std::size_t i = 0; i < dims.size(); ++i)
                EXPECT_EQ(array.shape[static_cast<int>(i)], dims[i]);
            ASSERT_EQ(static_cast<std::int64_t>(array.values.size()), array.shape.count());
            for (std::size_t i = 0; i < array.values.size(); ++i) ASSERT_EQ(array.values[i], i % 256);
        }
    }
}

TEST(Idx, SeveralPackedParts) {
    const Scratch scratch;
    const std::string bytes = idx_bytes({4, 9});
    EXPECT_EQ(
        read_idx(scratch.put("a", gzipped(bytes.substr(0, 9)) + gzipped(bytes.substr(9)))).values.size(),
        36U);
}

TEST(Idx, FilesOfTheTestTree) {
    EXPECT_EQ(read_idx(data("tiny-images-idx3-ubyte")).shape, (Shape{3, 2, 4}));
    EXPECT_EQ(read_idx(data("tiny-images-idx3-ubyte.gz")).values,
              read_idx(data("tiny-images-idx3-ubyte")).values);
    EXPECT_EQ(read_idx(data("tiny-labels-idx1-ubyte")).values, (std::vector<std::uint8_t>{2, 0, 1}));
}

TEST(Idx, WhatItIsNotIsSaid) {
    EXPECT_TRUE(has(error_with(""), "the header ends at byte 0, expected 4 bytes"));
    EXPECT_TRUE(has(error_with("\x89PNG"), "starts with the bytes 89 50, expected 00 00"));
    std::string other = idx_bytes({3});
    other[2] = 0x0D;
    EXPECT_TRUE(has(error_with(other), "byte 2 is 0D (32-bit floats), expected 08 (unsigned bytes)"));
    other[2] = 0x07;
    EXPECT_TRUE(has(error_with(other), "values of an unknown type"));
    other = idx_bytes({3});
    other[3] = 0;
    EXPECT_TRUE(has(error_with(other), "byte 3 says 0 dimensions, expected 1 to 5"));
    other[3] = 6;
    EXPECT_TRUE(has(error_with(other), "6 dimensions"));
}

TEST(Idx, TooShortAndTooLong) {
    const std::string whole = idx_bytes({2, 3, 4});
    for (std::size_t n = 0; n < whole.size(); ++n)
        EXPECT_TRUE(has(error_with(whole.substr(0, n)), "truncated")) << n;
    EXPECT_TRUE(has(error_with(whole.substr(0, 10)), "the header ends at byte 10, expected 12 bytes"));
    EXPECT_TRUE(has(error_with(whole + "x"), "goes on after the 24 values of (2, 3, 4) (from byte 40 on)"));
}

TEST(Idx, DamagedPackedData) {
    const std::string packed = gzipped(idx_bytes({20, 30}));
    for (std::size_t n = 2; n < packed.size(); n += 3)
        EXPECT_TRUE(has(error_with(packed.substr(0, n)), "truncated")) << n;
    std::string damaged = packed;
    damaged[packed.size() - 6] ^= 1;  // its checksum
    EXPECT_TRUE(has(error_with(damaged), "the packed data are damaged"));
    EXPECT_TRUE(
        has(error_with(gzipped(idx_bytes({20, 30}).substr(0, 300))), "the values end after 288 bytes"));
    EXPECT_TRUE(has(error_with(gzipped(idx_bytes({20, 30}) + "more")), "goes on after the 600 values"));
}

TEST(Idx, ALyingHeaderDoesNotGetMemory) {
    EXPECT_TRUE(has(error_with(idx_bytes({4}).replace(4, 4, "\xFF\xFF\xFF\xFF")), "cannot hold"));
    std::string deep = idx_bytes({1, 1, 1, 1, 1});
    for (std::size_t i = 4; i < 24; ++i) deep[i] = '\xFF';
    EXPECT_TRUE(has(error_with(deep), "cannot hold"));
    EXPECT_TRUE(has(error_with(gzipped(deep)), "cannot hold"));
    EXPECT_TRUE(has(error_with(idx_bytes({1000}), 999), "(1000) values, expected at most 999 bytes"));
}

TEST(Idx, FilesThatCannotBeRead) {
    const Scratch scratch;
    EXPECT_TRUE(has(error_of([&] { read_idx(scratch / "none"); }), "there is no such file"));
    EXPECT_TRUE(has(error_of([&] { read_idx(scratch.folder()); }), "is a folder"));
}

}  // namespace

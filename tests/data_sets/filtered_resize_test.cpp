// SPDX-License-Identifier: MIT
// Resizing against Pillow 13 (sums over all bytes, and single floats) and against the formulae.
#include "data/filtered_resize.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "io/checksum.hpp"

namespace {

using namespace mf;

std::vector<std::uint8_t> picture(int height, int width) {
    std::vector<std::uint8_t> out;
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(3 * height * width); ++i)
        out.push_back(
            static_cast<std::uint8_t>((i * 2654435761U + static_cast<std::uint64_t>(height) * 40503U) >> 13));
    return out;
}

std::uint32_t sum_of(const std::vector<std::uint8_t>& bytes) {
    return crc32c({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

TEST(FilteredResize, CropsAsAdmDoes) {
    struct Case {
        int height, width, side;
        std::uint32_t sum;
    };
    for (const Case& c : {Case{50, 37, 16, 0xf7c292d7},
                          {9, 12, 16, 0x643685b},
                          {64, 64, 16, 0x27266b56},
                          {33, 130, 31, 0x4c1cdd25},
                          {16, 16, 16, 0x2282746d},
                          {17, 40, 16, 0x9ebb930a}}) {
        const auto pixels = picture(c.height, c.width);
        const auto got = adm_crop({pixels.data(), c.width, c.height, 3}, c.side);
        ASSERT_EQ(got.size(), static_cast<std::size_t>(3 * c.side * c.side));
        EXPECT_EQ(sum_of(got), c.sum) << c.height << " x " << c.width;
    }
}

TEST(FilteredResize, BytesAndFloatsAreThoseOfPillow) {
    struct Case {
        int height, width, to_height, to_width;
        ResizeFilter filter;
        std::uint32_t sum;
        std::array<double, 6> at;  // places 0, 1, 2, the middle, the third last and the last
        double total;
    };
    const Case cases[] = {
        {7,
         5,
         12,
         9,
         ResizeFilter::pillow_bicubic,
         0xcfbfa6d0,
         {29.689701, 238.608307, 149.771088, 33.0591087, 250.228912, 114.310303},
         39899.23703122139},
        {20,
         31,
         7,
         9,
         ResizeFilter::pillow_bicubic,
         0x27bedde6,
         {118.386864, 146.926941, 114.812172, 135.686813, 104.529488, 143.070175},
         24102.815605163574},
        {20,
         31,
         7,
         9,
         ResizeFilter::pillow_box,
         0xe2a009b7,
         {122.111115, 139.333328, 99.4444427, 111.833328, 95.6666641, 158.333328},
         24089.569450378418},
        {8,
         8,
         8,
         3,
         ResizeFilter::pillow_bicubic,
         0x9a4929f4,
         {90.7030029, 100.047478, 134.019531, 190.56131, 153.896912, 93.9804764},
         9280.42113494873},
    };
    for (const Case& c : cases) {
        const auto pixels = picture(c.height, c.width);
        const PictureView in{pixels.data(), c.width, c.height, 3};
        EXPECT_EQ(sum_of(resize_to_bytes(in, c.to_height, c.to_width, c.filter)), c.sum);
        const std::vector<float> got = resize_to_floats(in, c.to_height, c.to_width, c.filter);
        const std::size_t n = got.size();
        ASSERT_EQ(n, static_cast<std::size_t>(3 * c.to_height * c.to_width));
        const std::size_t places[] = {0, 1, 2, n / 2, n - 3, n - 1};
        for (std::size_t k = 0; k < 6; ++k) EXPECT_NEAR(got[places[k]], c.at[k], 1e-4) << k;
        double total = 0;
        for (const float value : got) total += value;
        EXPECT_NEAR(total, c.total, 1e-2);
    }
}

TEST(FilteredResize, BilinearRulesDifferByHalfAPixel) {
    const std::vector<std::uint8_t> row = {0, 100, 200};
    const PictureView in{row.data(), 3, 1, 1};
    EXPECT_EQ(resize_to_floats(in, 1, 6, ResizeFilter::half_pixel),
              (std::vector<float>{0, 25, 75, 125, 175, 200}));
    EXPECT_EQ(resize_to_floats(in, 1, 6, ResizeFilter::corner_pixel),
              (std::vector<float>{0, 50, 100, 150, 200, 200}));
    EXPECT_EQ(resize_to_floats(in, 2, 1, ResizeFilter::half_pixel), (std::vector<float>{100, 100}));
    const std::uint8_t one = 7;
    EXPECT_EQ(resize_to_floats({&one, 1, 1, 1}, 2, 2, ResizeFilter::corner_pixel),
              (std::vector<float>{7, 7, 7, 7}));
    EXPECT_THROW(resize_to_floats({&one, 1, 1, 1}, 0, 2, ResizeFilter::half_pixel), Error);
    EXPECT_THROW(resize_to_bytes(in, 2, 2, ResizeFilter::half_pixel), Error);
}

}  // namespace

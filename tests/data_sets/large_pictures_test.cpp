// SPDX-License-Identifier: MIT
// Pictures that are too large to be held, and small ones that are read the same way.
#include <algorithm>
#include <cmath>

#include "data/picture_reader.hpp"
#include "data/resize.hpp"
#include "data_sets/image_files.hpp"
#include "io/exif.hpp"
#include "io/jpeg.hpp"
#include "io/picture_file.hpp"
#include "io/png.hpp"
#include "support/picture_bytes.hpp"

namespace {

using namespace mf;
using namespace mf::test;
using namespace std::string_literals;
using Bytes = std::vector<std::uint8_t>;

constexpr Colour kWhite = {255, 255, 255};

Picture waves(int width, int height, int channels) {
    Picture out{width, height, channels, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < channels; ++c)
                out.pixels.push_back(
                    static_cast<std::uint8_t>(128 + 100 * std::sin(x / 9.0 + c) * std::cos(y / 7.0 - c)));
    return out;
}

/// The square that a picture becomes when it is held as a whole, and when it is not.
Picture square_of(const std::filesystem::path& path, int side, bool held) {
    ImageForm form;
    form.size = side;
    Picture read = read_for(path, form, kWhite, held ? kMostHeldBytes : 0).picture;
    Picture out{side, side, read.channels, Bytes(static_cast<std::size_t>(side * side * read.channels))};
    form.channels = read.channels;
    write_formed(out.pixels.data(), {read.pixels.data(), read.width, read.height, read.channels}, form);
    if (!held) {
        EXPECT_EQ(read.width, side) << "nothing larger is kept";
    }
    return out;
}

void expect_same(const std::filesystem::path& path, int side, int tolerance) {
    const Picture held = square_of(path, side, true), streamed = square_of(path, side, false);
    ASSERT_EQ(held.channels, streamed.channels);
    for (std::size_t i = 0; i < held.pixels.size(); ++i)
        ASSERT_NEAR(held.pixels[i], streamed.pixels[i], tolerance) << path << " side " << side << " at " << i;
}

TEST(RowResizer, EqualsTheResizeOfTheWhole) {
    for (const auto& [width, height] : {std::pair{1, 1}, {7, 5}, {5, 8}, {64, 31}, {33, 100}})
        for (const int channels : {1, 3})
            for (const int side : {1, 2, 3, 5, 8, 31, 64, 150}) {
                const Picture picture = waves(width, height, channels);
                Bytes whole(static_cast<std::size_t>(side * side * channels));
                crop_and_resize(whole.data(), {picture.pixels.data(), width, height, channels}, side);
                const int square = std::min(width, height);
                RowResizer resizer(
                    {static_cast<double>((width - square) / 2), static_cast<double>(square), width},
                    {static_cast<double>((height - square) / 2), static_cast<double>(square), height},
                    channels, side);
                for (int y = 0; y < height; ++y) resizer.add(picture.pixels.data() + y * width * channels);
                const Bytes rows = resizer.take();
                ASSERT_EQ(rows.size(), whole.size());
                for (std::size_t i = 0; i < rows.size(); ++i)
                    ASSERT_NEAR(rows[i], whole[i], 1) << width << " " << side;
            }
}

TEST(RowResizer, WindowsMayCutThroughCells) {
    const Bytes ramp = {0, 10, 20, 30, 40, 50, 60, 70};
    RowResizer resizer({0.5, 6, 8}, {0.25, 1.5, 3}, 1, 1);
    for (const int factor : {1, 2, 3}) {
        Bytes row = ramp;
        for (std::uint8_t& value : row) value = static_cast<std::uint8_t>(value * factor);
        resizer.add(row.data());
    }
    // Columns 0.5 to 6.5 are 30 in the mean; of the rows 0.75 of the first and 0.75 of the second.
    EXPECT_EQ(resizer.take(), (Bytes{45}));
}

TEST(LargePictures, RowByRowIsTheSameWithinRounding) {
    const Scratch scratch;
    const auto png = [&](const Picture& p, int colour, const std::string& note) {
        return scratch.put(
            "a.png", png_of(static_cast<std::uint32_t>(p.width), static_cast<std::uint32_t>(p.height), 8,
                            colour, {p.pixels.begin(), p.pixels.end()}, note));
    };
    const std::string black_is_clear = png_chunk("tRNS", std::string(6, '\0'));
    for (const int side : {3, 8, 31, 90})
        for (int orientation = 1; orientation <= 8; ++orientation) {
            const std::string note = png_chunk("eXIf", exif_of(orientation));
            expect_same(png(waves(62, 41, 3), 2, black_is_clear + note), side, 1);
            expect_same(png(waves(40, 61, 2), 4, note), side, 1);
            const std::string jpeg = with_orientation(jpeg_bytes(waves(62, 41, 3)), orientation, true);
            expect_same(scratch.put("a.jpg", jpeg), side,
                        side < 31 ? 3 : 1);  // scaled by the decoder below that
        }
    expect_same(scratch.put("a.jpg", jpeg_bytes(waves(51, 60, 1))), 16, 1);
    expect_same(scratch.put("a.jpg", jpeg_bytes(waves(51, 60, 4))), 16, 1);
    expect_same(data("interlaced.png"), 2, 1);
    const Picture rgba = waves(50, 37, 4);
    expect_same(scratch.put("a.webp", webp_bytes(rgba.pixels, 50, 37, 4)), 12, 1);
}

TEST(LargePictures, DecodersScaleAboveFourTimesTheSide) {
    const Scratch scratch;
    for (const int flags : {0, TJFLAG_PROGRESSIVE})
        for (const int sampling : {TJSAMP_444, TJSAMP_420}) {
            const std::string jpeg = jpeg_bytes(waves(400, 300, 3), sampling, flags);
            // 300 / 8 is enough for 9 pixels but not for 10; what is asked for is four times as much at least.
            EXPECT_EQ(open_jpeg(jpeg, "a", {.side = 9, .held_bytes = 0})->width(), 50);
            EXPECT_EQ(open_jpeg(jpeg, "a", {.side = 10, .held_bytes = 0})->width(), 100);
            EXPECT_EQ(open_jpeg(jpeg, "a", {.side = 74, .held_bytes = 0})->width(), 400);
            EXPECT_EQ(open_jpeg(jpeg, "a", {.side = 9})->width(), 400) << "what can be held is not scaled";
            expect_same(scratch.put("a.jpg", jpeg), 9, 3);
        }
    const Picture rgb = waves(400, 300, 3);
    expect_same(scratch.put("a.webp", webp_bytes(rgb.pixels, 400, 300, 3)), 9, 3);
}

/// A JPEG of 12000 x 9000 mid-gray pixels, three components: every block is "no difference" and "end of block".
std::string huge_jpeg() {
    std::string file = jpeg_bytes(plain_picture(8, 8, 128, 128, 128), TJSAMP_444);
    const std::size_t frame = file.find("\xFF\xC0"), scan = file.find("\xFF\xDA");
    file.replace(frame + 5, 4, big_endian(9000, 2) + big_endian(12000, 2));
    file.resize(scan + 14);
    // Codes of the standard tables: 00 and 1010 for the luma, 00 and 00 twice for the chroma; 14 bits a unit.
    std::string bits;
    for (int unit = 0; unit < 8; ++unit) bits += "00101000000000";
    std::string bytes;
    for (std::size_t i = 0; i < bits.size(); i += 8)
        bytes += static_cast<char>(std::stoi(bits.substr(i, 8), nullptr, 2));
    for (int i = 0; i < 1500 * 1125 / 8 + 1; ++i) file += bytes;
    return file + "\xFF\xD9";
}

TEST(LargePictures, OfAHundredMegapixels) {
    const Scratch scratch;
    scratch.put("a.jpg", huge_jpeg());
    const std::string palette = png_chunk("PLTE", "\x80\x80\x80\xFF\xFF\xFF"s);
    scratch.put("b.png", png_of(12000, 9000, 1, 3, std::string(std::size_t{1500} * 9000, '\0'), palette));
    const auto data = make_set("image_folder", scratch.folder(), {{"data.size", "32"}});
    EXPECT_EQ(data->size(), 2);
    for (const int i : {0, 1})
        for (const int byte : stored(*data, i).bytes) ASSERT_EQ(byte, 128);
    const std::string error = set_error("image_folder", scratch.folder());
    EXPECT_TRUE(has(error, "12000 x 9000 pixels are too many: they take 309 MiB, expected at most 256 MiB"));
    EXPECT_TRUE(has(error, "hint: with data.size=32 (or another side) pictures of up to 1073 megapixels"));
    EXPECT_TRUE(has(error, "; or data.bad=skip leaves them out"));
}

TEST(LargePictures, WhatIsStillTooLargeNamesTheLimit) {
    std::string jpeg = huge_jpeg();
    const std::size_t frame = jpeg.find("\xFF\xC0");
    jpeg.replace(frame + 5, 4, big_endian(60000, 2) + big_endian(60000, 2));
    EXPECT_TRUE(has(error_of([&] { open_jpeg(jpeg, "a", {.side = 32}); }),
                    "60000 x 60000 pixels are too many, expected at most 1073 megapixels"));
    std::string progressive = jpeg_bytes(plain_picture(8, 8, 1, 2, 3), TJSAMP_444, TJFLAG_PROGRESSIVE);
    progressive.replace(progressive.find("\xFF\xC2") + 5, 4, big_endian(20000, 2) + big_endian(20000, 2));
    progressive += std::string(1 << 20, '\0');
    EXPECT_TRUE(has(error_of([&] { open_jpeg(progressive, "a", {.side = 32}); }),
                    "a progressive JPEG takes 2289 MiB to decode, expected at most 1024 MiB"));
    const std::string lying = png_of(20000, 20000, 8, 2, std::string(20000, '\0'));
    EXPECT_TRUE(has(error_of([&] { open_png(lying, "a", {.side = 32}); }), "the file is truncated"));
    const std::string wide = png_of(2000000, 1, 1, 0, std::string(250000, '\0'));
    EXPECT_TRUE(has(error_of([&] { open_png(wide, "a", {.side = 32}); }), "expected at most 1048576 a side"));
}

TEST(Background, IsWrittenInSeveralWays) {
    const auto colour = [](const std::string& text) { return colour_of("data.background", text); };
    EXPECT_EQ(colour("white"), kWhite);
    EXPECT_EQ(colour("black"), (Colour{0, 0, 0}));
    EXPECT_EQ(colour("7"), (Colour{7, 7, 7}));
    EXPECT_EQ(colour("#0aC81e"), (Colour{10, 200, 30}));
    EXPECT_EQ(colour("10, 200,30"), (Colour{10, 200, 30}));
    for (const char* wrong :
         {"", "whit", "256", "-1", "1,2", "1,2,3,4", "#12345", "#12345g", "#+1+2+3", "1,2,300"})
        EXPECT_THROW(colour(wrong), UsageError) << wrong;
}

}  // namespace

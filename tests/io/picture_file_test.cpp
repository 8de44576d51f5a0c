// SPDX-License-Identifier: MIT
#include "io/picture_file.hpp"

#include <algorithm>
#include <cmath>

#include "io/exif.hpp"
#include "io/png.hpp"
#include "io/scratch.hpp"
#include "io/webp.hpp"
#include "support/image_bytes.hpp"
#include "support/picture_bytes.hpp"

namespace {

using namespace mf;
using namespace mf::test;
using namespace std::string_literals;
using Bytes = std::vector<std::uint8_t>;

Picture pixels_of(const std::string& file, const Colour& ground = {255, 255, 255},
                  bool* transparent = nullptr) {
    const Scratch scratch;
    Picture out;
    read_rows(scratch.put("a", file), {.ground = ground}, [&](PictureRows& rows) {
        out = whole_picture(rows);
        if (transparent != nullptr) *transparent = rows.notes().transparent;
    });
    return out;
}

TEST(PictureFile, OtherKindsAreNamedAsWhatTheyAre) {
    const std::pair<std::string, std::string> kinds[] = {
        {"GIF89a\1\0\1\0", "a GIF picture"},
        {"\0\0\0\x18"
         "ftypheic\0\0\0\0mif1heic"s,
         "a HEIC picture"},
        {"\0\0\0\x20"
         "ftypavif\0\0\0\0"s,
         "an AVIF picture"},
        {"II*\0\x08\0\0\0"s, "a TIFF picture"},
        {"MM\0*\0\0\0\x08"s, "a TIFF picture"},
        {"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"s, "a BMP picture"},
        {"\xFF\x0A\0\0"s, "a JPEG XL picture"},
        {"\0\0\0\x0CjP  \r\n\x87\n"s, "a JPEG 2000 picture"},
        {"8BPS\0\1"s, "a Photoshop picture"},
        {"<?xml version=\"1.0\"?>\n<SVG xmlns=\"\">", "an SVG picture"},
        {"P6\n2 2\n255\n", "a Netpbm picture"},
    };
    const Scratch scratch;
    for (const auto& [bytes, name] : kinds) {
        for (std::size_t n = 0; n < bytes.size(); ++n)
            likely_kind(bytes.substr(0, n));  // a sanitizer would complain
        const auto path = scratch.put("a.jpg", bytes);
        EXPECT_TRUE(has(error_of([&] { read_picture(path); }), "a.jpg: is " + name)) << name;
        EXPECT_TRUE(has(std::string(foreign_picture(path)), name));
        EXPECT_FALSE(looks_like_picture(scratch.put("a", bytes))) << name;
    }
    for (const auto& [bytes, name] :
         {std::pair{"<!DOCTYPE html><html>"s, "an HTML page"s},
          {"version https://git-lfs.github.com/spec/v1\n"s, "a Git LFS pointer"s},
          {"BMX-bikes are no picture of any kind"s, "neither a PNG nor a JPEG nor a WebP"s}}) {
        const auto path = scratch.put("a.png", bytes);
        EXPECT_TRUE(has(error_of([&] { read_picture(path); }), "a.png: is " + name)) << name;
        EXPECT_EQ(foreign_picture(path), "");
    }
}

TEST(Transparency, RoundsToTheNearestForEveryValue) {
    for (int ground = 0; ground < 256; ground += 5) {
        const auto g = static_cast<std::uint8_t>(ground);
        for (int value = 0; value < 256; value += 3)
            for (int alpha = 0; alpha < 256; ++alpha) {
                const Bytes in = {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(alpha)};
                std::uint8_t out = 0;
                EXPECT_EQ(lay_on(&out, 1, in.data(), 2, 1, {g, g, g}), alpha < 255);
                const double exact = (value * alpha + ground * (255 - alpha)) / 255.0;
                ASSERT_EQ(out, static_cast<int>(std::floor(exact + 0.5)))
                    << value << " " << alpha << " " << ground;
            }
    }
}

// The numbers of the second and third pixel are what Pillow 13 makes of them (alpha_composite).
TEST(Transparency, EveryKindOfPng) {
    const std::string palette = png_chunk("PLTE", "\xFF\0\0\0\xFF\0\0\0\xFF"s);
    const auto trns = [](const std::string& body) { return png_chunk("tRNS", body); };
    struct Case {
        const char* what;
        std::string png;
        Bytes on_white,
            on_colour;  // of a ground 10, 200, 30; the first has one channel where the file is gray
    };
    const Case cases[] = {
        {"RGB and alpha",
         png_of(3, 1, 8, 6, "\x64\x32\x19\xFF\x64\x32\x19\x80\x64\x32\x19\0"s),
         {100, 50, 25, 177, 152, 140, 255, 255, 255},
         {100, 50, 25, 55, 125, 27, 10, 200, 30}},
        {"16 bits",
         png_of(3, 1, 16, 6, "\x64\7\x32\7\x19\7\xFF\xFF\x64\7\x32\7\x19\7\x80\x80\x64\7\x32\7\x19\7\0\0"s),
         {100, 50, 25, 177, 152, 140, 255, 255, 255},
         {100, 50, 25, 55, 125, 27, 10, 200, 30}},
        {"gray and alpha",
         png_of(3, 1, 8, 4, "\x64\xFF\x64\x80\x64\0"s),
         {100, 177, 255},
         {100, 100, 100, 55, 150, 65, 10, 200, 30}},
        {"palette",
         png_of(3, 1, 8, 3, "\0\1\2"s, palette + trns("\xFF\x80\0"s)),
         {255, 0, 0, 127, 255, 127, 255, 255, 255},
         {255, 0, 0, 5, 228, 15, 10, 200, 30}},
        {"a gray",
         png_of(3, 1, 8, 0, "\1\2\3"s, trns("\0\2"s)),
         {1, 255, 3},
         {1, 1, 1, 10, 200, 30, 3, 3, 3}},
        {"a colour",
         png_of(2, 1, 8, 2, "\1\2\3\4\5\6"s, trns("\0\4\0\5\0\6"s)),
         {1, 2, 3, 255, 255, 255},
         {1, 2, 3, 10, 200, 30}},
        {"a colour of 16 bits",
         png_of(2, 1, 16, 2, "\1\1\2\2\3\3\1\1\2\2\3\4"s, trns("\1\1\2\2\3\4"s)),
         {1, 2, 3, 255, 255, 255},
         {1, 2, 3, 10, 200, 30}},
        {"one bit",
         png_of(8, 1, 1, 0, "\xA0"s, trns("\0\1"s)),
         {255, 0, 255, 0, 0, 0, 0, 0},
         {10, 200, 30, 0, 0, 0, 10, 200, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
    };
    for (const Case& c : cases) {
        bool transparent = false;
        EXPECT_EQ(pixels_of(c.png, {255, 255, 255}, &transparent).pixels, c.on_white) << c.what;
        EXPECT_TRUE(transparent) << c.what;
        EXPECT_EQ(pixels_of(c.png, {10, 200, 30}).pixels, c.on_colour) << c.what;
    }
    bool transparent = true;
    EXPECT_EQ(pixels_of(png_of(1, 1, 8, 6, "\1\2\3\xFF"), {0, 0, 0}, &transparent).pixels, (Bytes{1, 2, 3}));
    EXPECT_FALSE(transparent) << "nothing of it shows the ground";
}

/// RGB or RGBA with something of its own in every pixel.
Bytes speckled(int width, int height, int channels) {
    Bytes out;
    for (int i = 0; i < width * height * channels; ++i)
        out.push_back(static_cast<std::uint8_t>(37 * i + i * i / 7));
    return out;
}

std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

TEST(Exif, OrientationCountsInEveryKindOfFile) {
    const int width = 5, height = 3;
    const Bytes pixels = speckled(width, height, 3);
    const std::string webp = webp_bytes(pixels, width, height, 3);
    for (int orientation = 1; orientation <= 8; ++orientation)
        for (const bool little : {true, false}) {
            const Picture seen = upright({width, height, 3, pixels}, orientation);
            const std::string exif = exif_of(orientation, little), note = png_chunk("eXIf", exif);
            for (const std::string& file :
                 {png_of(5, 3, 8, 2, text_of(pixels), note), png_of(5, 3, 8, 2, text_of(pixels), {}, note),
                  png_of(5, 3, 8, 2, text_of(pixels), png_chunk("eXIf", "Exif\0\0"s + exif)),
                  webp_of(webp_head(8, width, height) + webp_pixels(webp) + riff_chunk("EXIF", exif)),
                  webp_of(webp_head(8, width, height) + webp_pixels(webp) +
                          riff_chunk("EXIF", "Exif\0\0"s + exif))}) {
                const Picture got = pixels_of(file);
                EXPECT_EQ(got.width, seen.width) << orientation;
                EXPECT_EQ(got.pixels, seen.pixels) << orientation;
            }
        }
    std::string damaged = png_of(5, 3, 8, 2, text_of(pixels), png_chunk("eXIf", exif_of(3)));
    damaged[damaged.find("eXIf") + 20] ^= 1;  // its checksum is wrong now
    EXPECT_EQ(pixels_of(damaged).pixels, pixels);
}

TEST(Webp, ReadsWhatWasWritten) {
    const Bytes rgb = speckled(7, 5, 3), rgba = speckled(7, 5, 4);
    const Picture plain = pixels_of(webp_bytes(rgb, 7, 5, 3));
    EXPECT_EQ(plain.width, 7);
    EXPECT_EQ(plain.height, 5);
    EXPECT_EQ(plain.pixels, rgb);
    Bytes expected(rgb.size());
    lay_on(expected.data(), 3, rgba.data(), 4, 35, {10, 200, 30});
    bool transparent = false;
    EXPECT_EQ(pixels_of(webp_bytes(rgba, 7, 5, 4), {10, 200, 30}, &transparent).pixels, expected);
    EXPECT_TRUE(transparent);
    std::uint8_t* lossy = nullptr;
    const Picture red = plain_picture(20, 10, 200, 30, 40);
    const std::size_t bytes = ::WebPEncodeRGB(red.pixels.data(), 20, 10, 60, 90, &lossy);
    const Picture back = pixels_of({reinterpret_cast<const char*>(lossy), bytes});
    ::WebPFree(lossy);
    ASSERT_EQ(back.pixels.size(), red.pixels.size());
    for (std::size_t i = 0; i < back.pixels.size(); ++i) EXPECT_NEAR(back.pixels[i], red.pixels[i], 4);
}

TEST(Webp, OfAnAnimationTheFirstFrameOnItsCanvas) {
    const Bytes first = speckled(2, 1, 3), second = speckled(4, 2, 3);
    const std::string file = webp_of(webp_head(2, 4, 2) + riff_chunk("ANIM", std::string(6, '\0')) +
                                     webp_frame(2, 0, 2, 1, webp_pixels(webp_bytes(first, 2, 1, 3))) +
                                     webp_frame(0, 0, 4, 2, webp_pixels(webp_bytes(second, 4, 2, 3))));
    Bytes expected(4 * 2 * 3, 9);
    std::ranges::copy(first, expected.begin() + 6);
    EXPECT_EQ(pixels_of(file, {9, 9, 9}).pixels, expected);
}

TEST(Webp, DamageIsAnErrorWithThePath) {
    const std::string whole = webp_bytes(speckled(31, 33, 4), 31, 33, 4);
    for (std::size_t n = 16; n + 1 < whole.size(); n += 97)
        EXPECT_TRUE(
            has(error_of([&] { decode_webp(whole.substr(0, n), "some.webp"); }), "[webp] some.webp: "))
            << n;
    EXPECT_TRUE(
        has(error_of([&] { decode_webp("RIFF", "a.webp"); }), "is not a WebP file, or it is truncated"));
}

}  // namespace

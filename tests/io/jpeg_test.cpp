// SPDX-License-Identifier: MIT
#include "io/jpeg.hpp"

#include <algorithm>

#include "io/exif.hpp"
#include "io/picture_file.hpp"
#include "io/png.hpp"
#include "io/scratch.hpp"
#include "support/image_bytes.hpp"

namespace {

using namespace mf;
using namespace mf::test;

Picture gradient(int width, int height, int channels) {
    Picture out{width, height, channels, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < channels; ++c)
                out.pixels.push_back(static_cast<std::uint8_t>((c + 1) * 60 * x / width + 60 * y / height));
    return out;
}

void expect_near(const Picture& got, const Picture& expected, int tolerance) {
    EXPECT_EQ(got.width, expected.width);
    EXPECT_EQ(got.height, expected.height);
    ASSERT_EQ(got.channels, expected.channels);
    ASSERT_EQ(got.pixels.size(), expected.pixels.size());
    for (std::size_t i = 0; i < got.pixels.size(); ++i)
        ASSERT_NEAR(got.pixels[i], expected.pixels[i], tolerance) << i;
}

TEST(Jpeg, ReadsEveryKind) {
    for (const auto& [width, height] : {std::pair{1, 1}, {31, 33}, {64, 16}, {7, 200}}) {
        const Picture gray = gradient(width, height, 1), colour = gradient(width, height, 3);
        expect_near(decode_jpeg(jpeg_bytes(gray), "a"), gray, 2);
        expect_near(decode_jpeg(jpeg_bytes(colour), "a"), colour, 4);
        expect_near(decode_jpeg(jpeg_bytes(colour, TJSAMP_444, TJFLAG_PROGRESSIVE), "a"), colour, 4);
    }
    const Picture plain = plain_picture(24, 24, 200, 30, 90);
    for (const int subsampling : {TJSAMP_422, TJSAMP_420, TJSAMP_440, TJSAMP_411})
        expect_near(decode_jpeg(jpeg_bytes(plain, subsampling), "a"), plain, 3);
}

TEST(Jpeg, InksBecomeRedGreenAndBlue) {
    Picture inks{8, 8, 4, {}};
    for (int p = 0; p < 64; ++p)
        for (const int value : {255, 102, 51, 128}) inks.pixels.push_back(static_cast<std::uint8_t>(value));
    expect_near(decode_jpeg(jpeg_bytes(inks), "a"), plain_picture(8, 8, 128, 51, 26), 3);
}

TEST(Jpeg, FilesOfTheTestTree) {
    for (const char* name : {"rgb4.jpg", "rgb4_420.jpg", "rgb4_progressive.jpg"}) {
        const Picture picture = read_picture(data(name));
        EXPECT_EQ(picture.width, 4) << name;
        EXPECT_EQ(picture.height, 4) << name;
        EXPECT_EQ(picture.channels, 3) << name;
    }
    EXPECT_EQ(read_picture(data("gray4.jpg")).channels, 1);
    EXPECT_EQ(read_picture(data("cmyk4.jpg")).channels, 3);
}

// What the decoder would fill with gray and only warn of is an error.
TEST(Jpeg, TruncationAndDamageAreErrors) {
    const std::string whole = jpeg_bytes(gradient(64, 64, 3));
    for (std::size_t n = 0; n + 2 < whole.size(); n += 11)
        EXPECT_TRUE(has(error_of([&] { decode_jpeg(whole.substr(0, n), "some.jpg"); }), "[jpeg] some.jpg: "))
            << n;
    EXPECT_TRUE(has(error_of([&] { decode_jpeg(whole.substr(0, whole.size() / 2), "a"); }),
                    "the file is truncated or damaged, pixels are missing: "));
    std::string damaged = whole;
    damaged.replace(whole.size() / 2, 4, "\xFF\xD9\xFF\xD9");  // an end in the middle
    EXPECT_NE(error_of([&] { decode_jpeg(damaged, "a"); }), "");
    EXPECT_TRUE(has(error_of([&] { decode_jpeg("GIF89a", "a.jpg"); }), "a.jpg: is not a JPEG file"));
    EXPECT_TRUE(has(error_of([&] { decode_jpeg("", "a.jpg"); }), "is not a JPEG file, or it is truncated"));
}

/// What is remarked of a JPEG that can be read.
std::string warning_of(const std::string& file, const Picture& expected) {
    const auto rows = open_jpeg(file, "a");
    EXPECT_EQ(whole_picture(*rows).pixels, expected.pixels);
    return rows->notes().warning;
}

// As long as no pixel is missing, what the decoder complains of is worth a remark.
TEST(Jpeg, WhatIsWholeIsRead) {
    for (const int flags : {0, TJFLAG_PROGRESSIVE}) {
        const std::string whole = jpeg_bytes(gradient(64, 48, 3), TJSAMP_420, flags);
        const Picture picture = decode_jpeg(whole, "a");
        const std::string body = whole.substr(0, whole.size() - 2), end = whole.substr(whole.size() - 2);
        EXPECT_EQ(warning_of(whole, picture), "");
        EXPECT_TRUE(has(warning_of(body + std::string(20, '\x12') + end, picture),
                        "extraneous bytes before marker 0xd9"));
        const std::size_t scan = whole.find("\xFF\xDA");
        EXPECT_TRUE(has(warning_of(whole.substr(0, scan) + "\x01\x02" + whole.substr(scan), picture),
                        "2 extraneous bytes before marker 0xda"));
        EXPECT_TRUE(has(warning_of(body, picture), "Premature end"));
        EXPECT_EQ(warning_of(whole + "what follows is not of it", picture), "");
    }
}

// Scans that are missing leave no gap that the decoder would notice.
TEST(Jpeg, MissingScansAreMissingData) {
    const std::string whole = jpeg_bytes(gradient(64, 48, 3), TJSAMP_420, TJFLAG_PROGRESSIVE);
    std::vector<std::size_t> scans;
    for (std::size_t at = whole.find("\xFF\xDA"); at != std::string::npos;
         at = whole.find("\xFF\xDA", at + 1))
        scans.push_back(at);
    ASSERT_GT(scans.size(), 4U);
    for (std::size_t i = 1; i < scans.size(); ++i) {
        // Tables of a scan come before it: what ends the scan before is the first marker after its data.
        std::size_t end = scans[i - 1] + 2;
        while (whole[end] != '\xFF' || whole[end + 1] == '\0') ++end;
        EXPECT_TRUE(has(error_of([&] { decode_jpeg(whole.substr(0, end), "a"); }),
                        "scans of the picture are missing"))
            << i;
    }
}

// libjpeg is called as TurboJPEG calls it: the bits of a run's pictures are those of earlier versions.
TEST(Jpeg, EqualsTheOtherDoorOfTheLibrary) {
    for (const int sampling : {TJSAMP_444, TJSAMP_422, TJSAMP_420, TJSAMP_440, TJSAMP_411})
        for (const int flags : {0, TJFLAG_PROGRESSIVE}) {
            const std::string file = jpeg_bytes(gradient(61, 47, 3), sampling, flags);
            Picture expected{61, 47, 3, std::vector<std::uint8_t>(61 * 47 * 3)};
            tjhandle decoder = ::tjInitDecompress();
            ::tjDecompress2(decoder, reinterpret_cast<const unsigned char*>(file.data()), file.size(),
                            expected.pixels.data(), 61, 0, 47, TJPF_RGB, TJFLAG_ACCURATEDCT);
            ::tjDestroy(decoder);
            EXPECT_EQ(decode_jpeg(file, "a").pixels, expected.pixels) << sampling;
        }
}

TEST(Jpeg, ALyingHeaderDoesNotGetMemory) {
    const auto claim = [](unsigned width, unsigned height, int flags) {
        std::string jpeg = jpeg_bytes(plain_picture(8, 8, 1, 2, 3), TJSAMP_444, flags);
        const std::size_t frame = jpeg.find(flags == 0 ? "\xFF\xC0" : "\xFF\xC2");
        jpeg[frame + 5] = static_cast<char>(height >> 8);
        jpeg[frame + 6] = static_cast<char>(height);
        jpeg[frame + 7] = static_cast<char>(width >> 8);
        jpeg[frame + 8] = static_cast<char>(width);
        return error_of([&] { decode_jpeg(jpeg, "lying.jpg"); });
    };
    for (const int flags : {0, TJFLAG_PROGRESSIVE}) {
        EXPECT_TRUE(has(claim(65000, 65000, flags), "65000 x 65000 pixels are too many"));
        EXPECT_TRUE(has(claim(6000, 6000, flags), "cannot hold 6000 x 6000 pixels"));
        EXPECT_NE(claim(400, 400, flags), "");
    }
}

// The bound on what a file can hold leaves the emptiest of pictures alone.
TEST(Jpeg, AnEmptyPictureIsNotTakenForALie) {
    for (const int flags : {0, TJFLAG_PROGRESSIVE})
        for (const int channels : {1, 3}) {
            const Picture black = plain_picture(2000, 1500, 0, 0, 0, channels);
            EXPECT_EQ(decode_jpeg(jpeg_bytes(black, TJSAMP_420, flags), "a").width, 2000);
        }
}

// Eight files that show one scene: a red corner at the upper left, a blue one at the upper right.
TEST(Jpeg, IsTurnedTheWayItsExifSegmentSays) {
    Picture scene = plain_picture(48, 32, 0, 255, 0);
    const auto fill = [&](int left, std::vector<std::uint8_t> colour) {
        for (int y = 0; y < 16; ++y)
            for (int x = left; x < left + 16; ++x)
                std::ranges::copy(colour, scene.pixels.begin() + (y * 48 + x) * 3);
    };
    fill(0, {255, 0, 0});
    fill(32, {0, 0, 255});
    // What turns each orientation's picture back: 6 and 8 undo each other, the others undo themselves.
    const int inverse[] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
    for (int orientation = 1; orientation <= 8; ++orientation)
        for (const bool little : {false, true}) {
            const std::string stored = jpeg_bytes(upright(scene, inverse[orientation]));
            EXPECT_EQ(exif_orientation(stored), 1);
            const std::string noted = with_orientation(stored, orientation, little);
            EXPECT_EQ(exif_orientation(noted), orientation);
            expect_near(decode_jpeg(noted, "a"), scene, 3);
        }
    const Picture small{2, 3, 1, {1, 2, 3, 4, 5, 6}};
    EXPECT_EQ(upright(small, 6).pixels, (std::vector<std::uint8_t>{5, 3, 1, 6, 4, 2}))
        << "a quarter turn, clockwise";
    EXPECT_EQ(upright(small, 8).pixels, (std::vector<std::uint8_t>{2, 4, 6, 1, 3, 5}));
    EXPECT_EQ(upright(small, 5).pixels, (std::vector<std::uint8_t>{1, 3, 5, 2, 4, 6}));
    EXPECT_EQ(upright(small, 5).width, 3);
}

TEST(Jpeg, ADamagedExifSegmentIsLeftAside) {
    const std::string noted = with_orientation(jpeg_bytes(plain_picture(8, 8, 1, 2, 3)), 6, true);
    for (std::size_t n = 0; n < 60; ++n) exif_orientation(noted.substr(0, n));
    EXPECT_EQ(exif_orientation(with_orientation(noted, 9, true)), 1);
    std::string damaged = noted;
    damaged[12] = 'X';  // of "II"
    EXPECT_EQ(exif_orientation(damaged), 1);
    damaged = noted;
    damaged.replace(16, 4, "\xFF\xFF\xFF\xFF");  // where the directory is
    EXPECT_EQ(exif_orientation(damaged), 1);
}

TEST(PictureFile, TheContentSaysWhatItIs) {
    const Scratch scratch;
    const Picture red = plain_picture(8, 8, 254, 0, 0);
    expect_near(read_picture(scratch.put("a.jpg", encode_png(red))), red, 0);
    expect_near(read_picture(scratch.put("b.png", jpeg_bytes(red))), red, 3);
    const auto text = scratch.put("c.txt", "words"), odd = scratch.put("d", jpeg_bytes(red));
    EXPECT_FALSE(looks_like_picture(text));
    EXPECT_TRUE(looks_like_picture(odd));
    EXPECT_TRUE(looks_like_picture(scratch.put("e.JPEG", "")));
    EXPECT_FALSE(looks_like_picture(scratch.put("f", "")));
    EXPECT_FALSE(looks_like_picture(scratch / "none"));
    EXPECT_TRUE(has(error_of([&] { read_picture(text); }), "is neither a PNG nor a JPEG nor a WebP file"));
    EXPECT_TRUE(has(error_of([&] { read_picture(scratch / "e.JPEG"); }), "(0 bytes)"));
}

}  // namespace

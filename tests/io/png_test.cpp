// SPDX-License-Identifier: MIT
#include "io/png.hpp"

#include "io/scratch.hpp"

namespace {

using namespace mf;
using namespace mf::test;

Picture made(int width, int height, int channels) {
    Picture picture{width, height, channels, {}};
    picture.pixels.resize(static_cast<std::size_t>(width * height * channels));
    for (std::size_t i = 0; i < picture.pixels.size(); ++i)
        picture.pixels[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    return picture;
}

TEST(Png, RoundTrip) {
    const Scratch scratch;
    const PictureText text = {{"Software", "meanflow"},
                              {"Settings", "omega=7.5\nsteps=1"},
                              {"Title", "\xC3\xA9t\xC3\xA9"},
                              {"Empty", ""}};
    for (const int channels : {1, 3})
        for (const auto& [width, height] : {std::pair{1, 1}, {31, 33}, {1, 276}, {999, 2}}) {
            const Picture picture = made(width, height, channels);
            write_png(scratch / "a.png", picture, text);
            const Picture back = read_png(scratch / "a.png");
            EXPECT_EQ(back.width, width);
            EXPECT_EQ(back.height, height);
            EXPECT_EQ(back.channels, channels);
            EXPECT_EQ(back.pixels, picture.pixels);
            EXPECT_EQ(read_png_text(scratch / "a.png"), text);
        }
}

TEST(Png, EqualPicturesGiveEqualBytes) {
    EXPECT_EQ(encode_png(made(20, 10, 3), {{"a", "b"}}), encode_png(made(20, 10, 3), {{"a", "b"}}));
}

TEST(Png, ReadsEveryKindAsEightBits) {
    Picture rgb{5, 4, 3, {}};
    for (int i = 0; i < 60; ++i) rgb.pixels.push_back(static_cast<std::uint8_t>(4 * i));
    for (const char* name : {"rgb.png", "interlaced.png"}) {
        EXPECT_EQ(read_png(data(name)).pixels, rgb.pixels) << name;
        EXPECT_EQ(read_png(data(name)).channels, 3) << name;
    }
    EXPECT_EQ(read_png(data("rgba.png")).channels, 3);
    const Picture gray = read_png(data("gray.png")), gray16 = read_png(data("gray16.png"));
    const Picture bilevel = read_png(data("bilevel.png")), palette = read_png(data("palette.png"));
    EXPECT_EQ(gray.channels, 1);
    EXPECT_EQ(palette.channels, 3);
    // The second one, green, is transparent.
    const std::uint8_t colours[4][3] = {{255, 0, 0}, {255, 255, 255}, {0, 0, 255}, {9, 8, 7}};
    for (std::size_t i = 0; i < 20; ++i) {
        EXPECT_EQ(gray.pixels[i], 12 * i);
        EXPECT_EQ(gray16.pixels[i], 3000 * i / 256);
        EXPECT_EQ(bilevel.pixels[i], i % 3 == 0 ? 255 : 0);
        for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(palette.pixels[3 * i + c], colours[i % 4][c]);
    }
}

TEST(Png, DamageIsAnErrorWithThePath) {
    const Scratch scratch;
    const std::string whole = encode_png(made(31, 33, 3));
    const auto error = [&](const std::string& content) {
        const auto path = scratch.put("a.png", content);
        const std::string text = error_of([&] { read_png(path); });
        EXPECT_TRUE(has(text, path.string()));
        return text;
    };
    EXPECT_TRUE(has(error(""), "truncated"));
    EXPECT_TRUE(has(error("GIF89a, not a PNG at all"), "is not a PNG file"));
    for (std::size_t n = 1; n < whole.size() - 12; n += 13)
        EXPECT_TRUE(has(error(whole.substr(0, n)), "truncated")) << n;
    EXPECT_TRUE(has(error(whole.substr(0, whole.size() - 13)), "truncated"));
    EXPECT_TRUE(has(error(encode_png(made(1, 1, 3)).substr(0, 33)), "truncated")) << "no pixels";
    for (std::size_t i = 0; i < whole.size() - 12; i += 7) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
        EXPECT_NE(error(damaged), "") << i;
    }
    EXPECT_TRUE(has(error_of([&] { read_png(scratch / "none.png"); }), "there is no such file"));
}

// That nothing says that the file ends is no reason to throw pixels away that are all there.
TEST(Png, AMissingEndIsARemark) {
    const std::string whole = encode_png(made(31, 33, 3));
    for (std::size_t cut = 0; cut <= 12; ++cut) {
        const std::string file = whole.substr(0, whole.size() - cut);
        const auto rows = open_png(file, "a");
        EXPECT_EQ(whole_picture(*rows).pixels, made(31, 33, 3).pixels) << cut;
        EXPECT_EQ(rows->notes().warning, cut == 0 ? "" : "the chunk that ends the file is missing");
    }
}

TEST(Png, ALyingHeaderDoesNotGetMemory) {
    // 1000000 x 1000000 RGBA of 16 bits, and a size that is legal but more than the file can hold.
    const auto claim = [](std::uint32_t side, std::uint32_t crc) {
        std::string png = encode_png(made(1, 1, 3));
        const auto put = [&](std::size_t at, std::uint32_t value) {
            for (std::size_t i = 0; i < 4; ++i) png[at + i] = static_cast<char>(value >> (24 - 8 * i));
        };
        put(16, side);
        put(20, side);
        put(29, crc);
        return error_of([&] { decode_png(png, "lying.png"); });
    };
    EXPECT_TRUE(has(claim(1000000, 0xD30FAF2A), "are too many"));
    EXPECT_TRUE(has(claim(9000, 0xE2B7E5ED), "the file is truncated"));
}

TEST(Png, AChunkLongerThanTheFileDoesNotGetMemory) {
    std::string png = encode_png(made(2, 2, 3), {{"Software", "meanflow"}});
    png[png.find("tEXt") - 4] = 0x7F;
    EXPECT_TRUE(has(error_of([&] { decode_png(png, "long.png"); }), "long.png: the file is truncated"));
}

TEST(Png, WritingRefusesWhatCannotBe) {
    const Scratch scratch;
    const auto error = [&](const Picture& picture, const PictureText& text = {}) {
        return error_of([&] { write_png(scratch / "a.png", picture, text); });
    };
    EXPECT_TRUE(has(error({}), "0 x 0 x 3"));
    EXPECT_TRUE(has(error({2, 2, 2, std::vector<std::uint8_t>(8)}), "2 x 2 x 2"));
    EXPECT_TRUE(has(error({2, 2, 3, std::vector<std::uint8_t>(11)}), "has 11 bytes, expected 12"));
    EXPECT_TRUE(has(error({-1, 2, 3, {}}), "-1 x 2"));
    for (const std::string& key :
         {std::string(), std::string(80, 'k'), std::string(" a"), std::string("a\n"), std::string("a  b")})
        EXPECT_TRUE(has(error(made(1, 1, 3), {{key, "text"}}), "the keyword"));
    EXPECT_TRUE(has(error(made(1, 1, 3), {{"a", "\xFF"}}), "not UTF-8"));
    EXPECT_TRUE(scratch.names().empty());
}

}  // namespace

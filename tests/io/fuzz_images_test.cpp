// SPDX-License-Identifier: MIT
// Readers of image files against damaged ones (see fuzz_test.cpp).
#include <algorithm>

#include "data/picture_reader.hpp"
#include "io/cifar_binary.hpp"
#include "io/idx.hpp"
#include "io/picture_file.hpp"
#include "io/scratch.hpp"
#include "support/fuzz.hpp"
#include "support/image_bytes.hpp"
#include "support/picture_bytes.hpp"

namespace {

using namespace mf;
using namespace mf::test;

/// Reads every byte, so that a sanitizer sees what is not there.
template <class Numbers>
void touch(const Numbers& numbers) {
    unsigned sum = 0;
    for (const auto number : numbers) sum += static_cast<unsigned>(number);
    volatile unsigned keep = sum;
    (void)keep;
}

/// Makes the checksum and the length at the end of a gzip file those of what the changed data unpack to.
void repair_gzip(std::string& file) {
    if (!file.starts_with("\x1F\x8B") || file.size() < 18) return;
    z_stream stream{};
    std::string out(1 << 14, '\0');
    ::inflateInit2(&stream, -MAX_WBITS);
    stream.next_in = reinterpret_cast<Bytef*>(file.data()) + 10;
    stream.avail_in = static_cast<uInt>(file.size() - 10);
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = ::inflate(&stream, Z_FINISH);
    const std::size_t end = 10 + stream.total_in;
    const auto bytes = static_cast<std::uint32_t>(stream.total_out);
    ::inflateEnd(&stream);
    if (code != Z_STREAM_END) return;
    file.resize(end + 8);
    const auto crc =
        static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(out.data()), bytes));
    std::memcpy(file.data() + end, &crc, 4);
    std::memcpy(file.data() + end + 4, &bytes, 4);
}

TEST(Fuzz, Idx) {
    const auto reader = [](const std::string& path) {
        const IdxArray array = read_idx(path, 1 << 20);
        EXPECT_EQ(static_cast<std::int64_t>(array.values.size()), array.shape.count());
        touch(array.values);
    };
    fuzz({slurp(data("tiny-images-idx3-ubyte")), slurp(data("tiny-labels-idx1-ubyte")),
          idx_bytes({2, 2, 2, 3}), slurp(data("tiny-images-idx3-ubyte.gz")), gzipped(idx_bytes({4, 5}))},
         reader, repair_gzip);
}

TEST(Fuzz, CifarBinary) {
    const auto reader = [](const std::string& path) {
        // What the size does not settle is read both ways.
        const auto told = cifar_layout(std::filesystem::file_size(path));
        for (const CifarLayout layout : {CifarLayout::ten, CifarLayout::hundred}) {
            if (told && *told != layout) continue;
            CifarBatch batch;
            append_cifar(batch, path, layout);
            EXPECT_EQ(batch.pixels.size(), static_cast<std::size_t>(batch.count() * kCifarPixelBytes));
            EXPECT_EQ(batch.coarse.size(), layout == CifarLayout::ten ? 0 : batch.labels.size());
            EXPECT_TRUE(std::ranges::all_of(batch.labels, [](int l) { return l >= 0 && l < 100; }));
            touch(batch.pixels);
        }
    };
    fuzz({cifar_record({3}), cifar_record({1}) + cifar_record({9}), cifar_record({19, 99})}, reader);
}

/// Reads a picture whole, and once more as if it were too large for that: scaled by the decoder and row by row.
void read_both_ways(const std::string& path) {
    const Picture picture = read_picture(path);
    EXPECT_EQ(picture.pixels.size(), static_cast<std::size_t>(picture.width) *
                                         static_cast<std::size_t>(picture.height) *
                                         static_cast<std::size_t>(picture.channels));
    touch(picture.pixels);
    ImageForm form;
    form.size = 1;
    const ReadPicture small = read_for(path, form, {1, 2, 3}, 0);
    EXPECT_EQ(small.picture.pixels.size(), static_cast<std::size_t>(small.picture.channels));
    touch(small.picture.pixels);
}

TEST(Fuzz, Jpeg) {
    std::vector<std::string> seeds;
    for (const char* name : {"rgb4.jpg", "rgb4_420.jpg", "rgb4_progressive.jpg", "gray4.jpg", "cmyk4.jpg"})
        seeds.push_back(slurp(data(name)));
    seeds.push_back(with_orientation(seeds[0], 6, true));
    seeds.push_back(with_orientation(seeds[3], 3, false));
    seeds.push_back(jpeg_bytes(plain_picture(40, 33, 9, 99, 200), TJSAMP_420, TJFLAG_PROGRESSIVE));
    fuzz(seeds, read_both_ways);
}

/// Makes the CRC of every chunk right again.
void mend_checksums(std::string& png) {
    std::string out = png.substr(0, 8);
    while (out.size() + 12 <= png.size()) {
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < 4; ++i)
            bytes = bytes << 8 | static_cast<unsigned char>(png[out.size() + i]);
        if (bytes > png.size() - out.size() - 12) break;
        out += png_chunk(png.substr(out.size() + 4, 4), png.substr(out.size() + 8, bytes));
    }
    png = out + png.substr(out.size());
}

TEST(Fuzz, PngAsAPicture) {
    const std::string transparent = png_chunk("tRNS", std::string("\0\1\0\2\0\3", 6));
    const std::vector<std::string> seeds = {
        slurp(data("interlaced.png")), slurp(data("palette.png")), slurp(data("rgba.png")),
        png_of(3, 2, 8, 2, std::string("\1\2\3\4\5\6\7\10\11\1\2\3\4\5\6\7\10\11", 18),
               transparent + png_chunk("eXIf", exif_of(6))),
        png_of(2, 2, 16, 4, std::string(16, '\x81'), {}, png_chunk("eXIf", exif_of(3, false)))};
    fuzz(seeds, read_both_ways, mend_checksums);
}

TEST(Fuzz, Webp) {
    const Picture plain = plain_picture(11, 9, 9, 99, 200);
    std::vector<std::uint8_t> rgba;
    for (int i = 0; i < 11 * 9 * 4; ++i) rgba.push_back(static_cast<std::uint8_t>(7 * i));
    const std::string lossless = webp_bytes(rgba, 11, 9, 4), opaque = webp_bytes(plain.pixels, 11, 9, 3);
    std::uint8_t* out = nullptr;
    const std::size_t bytes = ::WebPEncodeRGBA(rgba.data(), 11, 9, 44, 50, &out);
    const std::string lossy(reinterpret_cast<const char*>(out), bytes);
    ::WebPFree(out);
    const std::vector<std::string> seeds = {
        lossless, opaque, lossy,
        webp_of(webp_head(8, 11, 9) + webp_pixels(opaque) + riff_chunk("EXIF", exif_of(8))),
        webp_of(webp_head(2, 16, 12) + riff_chunk("ANIM", std::string(6, '\0')) +
                webp_frame(2, 2, 11, 9, webp_pixels(lossless)) +
                webp_frame(0, 0, 11, 9, webp_pixels(opaque)))};
    // Sizes are all that stands between a few bytes and gigabytes of one colour, so large ones are left out here.
    const auto reader = [](const std::string& path) {
        std::uint64_t pixels = 0;
        read_rows(path, {}, [&](PictureRows& rows) {
            pixels = static_cast<std::uint64_t>(rows.width()) * static_cast<std::uint64_t>(rows.height());
        });
        check(pixels < 1 << 20, "too large for this test");
        read_both_ways(path);
    };
    fuzz(seeds, reader);
}

}  // namespace

// SPDX-License-Identifier: MIT
// Readers of image files against damaged ones (see fuzz_test.cpp).
#include <algorithm>

#include "io/cifar_binary.hpp"
#include "io/idx.hpp"
#include "io/picture_file.hpp"
#include "io/scratch.hpp"
#include "support/fuzz.hpp"
#include "support/image_bytes.hpp"

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

TEST(Fuzz, Jpeg) {
    std::vector<std::string> seeds;
    for (const char* name : {"rgb4.jpg", "rgb4_420.jpg", "rgb4_progressive.jpg", "gray4.jpg", "cmyk4.jpg"})
        seeds.push_back(slurp(data(name)));
    seeds.push_back(with_orientation(seeds[0], 6, true));
    seeds.push_back(with_orientation(seeds[3], 3, false));
    const auto reader = [](const std::string& path) {
        const Picture picture = read_picture(path);
        EXPECT_EQ(picture.pixels.size(), static_cast<std::size_t>(picture.width) *
                                             static_cast<std::size_t>(picture.height) *
                                             static_cast<std::size_t>(picture.channels));
        touch(picture.pixels);
    };
    fuzz(seeds, reader);
}

}  // namespace

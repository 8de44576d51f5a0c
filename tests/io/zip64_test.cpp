// SPDX-License-Identifier: MIT
// Archives of 4 GiB and more, made small: by force, and with holes.
#include <fstream>

#include "io/npz.hpp"
#include "io/scratch.hpp"

namespace {

using namespace mf;
using namespace mf::test;

std::string number(std::uint64_t value, int bytes) {
    return {reinterpret_cast<const char*>(&value), static_cast<std::size_t>(bytes)};
}

std::string forced_zip64(const Scratch& scratch, const std::map<std::string, std::string>& entries) {
    write_file_atomically(scratch / "forced.zip", [&](FileWriter& out) {
        ZipWriter zip(out, true);
        for (const auto& [name, content] : entries) zip.add(name, {content});
        zip.finish();
    });
    return slurp(scratch / "forced.zip");
}

TEST(Zip64, WhatIsWrittenIsReadAgain) {
    const Scratch scratch;
    const std::map<std::string, std::string> entries = {
        {"a", "first"}, {"b/c", ""}, {"d", std::string(70000, 'x')}};
    const std::string bytes = forced_zip64(scratch, entries);
    // The records of zip64 are there, and the fields they replace are full.
    EXPECT_NE(bytes.find("PK\x06\x06"), std::string::npos);
    EXPECT_NE(bytes.find("PK\x06\x07"), std::string::npos);
    EXPECT_EQ(bytes.substr(bytes.size() - 22 + 10, 10), std::string(10, '\xFF'));
    const InputFile file(scratch / "forced.zip");
    const std::vector<ZipEntry> found = read_zip_directory(file);
    ASSERT_EQ(found.size(), entries.size());
    for (const ZipEntry& entry : found) {
        std::string content(entry.bytes, '\0');
        open_zip_entry(file, entry)->read(content.data(), content.size());
        EXPECT_EQ(content, entries.at(entry.name));
    }
}

TEST(Zip64, DamageHasItsLine) {
    const Scratch scratch;
    const std::string whole = forced_zip64(scratch, {{"a", "first"}});
    const auto error = [&](std::size_t at, const std::string& bytes) {
        std::string changed = whole;
        changed.replace(at, bytes.size(), bytes);
        return error_of([&] { read_zip_directory(InputFile(scratch.put("b", changed))); });
    };
    const std::size_t record = whole.find("PK\x06\x06"), locator = whole.find("PK\x06\x07"),
                      entry = whole.find("PK\x01\x02");
    EXPECT_TRUE(has(error(locator + 8, number(1ULL << 62, 8)), "zip64 record lies outside"));
    EXPECT_TRUE(has(error(record, "XX"), "zip64 record is damaged"));
    EXPECT_TRUE(has(error(record + 24, number(7, 8)), "one part of an archive"));
    EXPECT_TRUE(has(error(record + 40, number(~0ULL, 8)), "directory lies outside"));
    EXPECT_TRUE(has(error(record + 48, number(~0ULL, 8)), "directory lies outside"));
    EXPECT_TRUE(has(error(locator, "XX"), "directory lies outside"));
    EXPECT_TRUE(has(error(entry + 47, number(9, 2)), "zip64 field is missing"));
    EXPECT_TRUE(has(error(entry + 49, number(8, 2)), "zip64 field is damaged"));
    EXPECT_TRUE(has(error(entry + 51, number(~0ULL - 5, 8)), "two sizes differ"));
    EXPECT_TRUE(has(error(entry + 67, number(~0ULL - 5, 8)), "lies outside of the file"));
}

/// "large", 5 GiB of zeros that take no room on the disk, then "small" behind the 4 GiB that 32 bits can count.
void write_holey(const std::filesystem::path& path) {
    const std::uint64_t large = (5ULL << 30) + 128;
    const std::string header = npy_header_text("|u1", {5LL << 30}),
                      small = npy_header_text("|u1", {3}) + "abc";
    ASSERT_EQ(header.size(), 128U);
    const auto local = [](const std::string& name, std::uint64_t bytes, std::uint32_t crc,
                          const std::string& extra) {
        return "PK\x03\x04" + number(45, 2) + std::string(8, '\0') + number(crc, 4) + number(bytes, 4) +
               number(bytes, 4) + number(name.size(), 2) + number(extra.size(), 2) + name + extra;
    };
    const auto central = [](const std::string& name, std::uint64_t bytes, std::uint32_t crc,
                            std::uint64_t offset, const std::string& extra) {
        return "PK\x01\x02" + number(45, 2) + number(45, 2) + std::string(8, '\0') + number(crc, 4) +
               number(bytes, 4) + number(bytes, 4) + number(name.size(), 2) + number(extra.size(), 2) +
               std::string(10, '\0') + number(offset, 4) + name + extra;
    };
    const std::uint32_t full = 0xFFFFFFFF, crc = 0xFFE4A5D6;
    const std::string sizes = number(1, 2) + number(16, 2) + number(large, 8) + number(large, 8);
    std::ofstream out(path, std::ios::binary);
    const std::string first = local("large.npy", full, 0, sizes);
    out << first << header;
    const std::uint64_t second_at = first.size() + large;
    out.seekp(static_cast<std::streamoff>(second_at));
    const std::string second = local("small.npy", small.size(), crc, "") + small;
    const std::string directory =
        central("large.npy", full, 0, 0, sizes) +
        central("small.npy", small.size(), crc, full, number(1, 2) + number(8, 2) + number(second_at, 8));
    const std::uint64_t directory_at = second_at + second.size(), end_at = directory_at + directory.size();
    out << second << directory;
    out << "PK\x06\x06" << number(44, 8) << number(45, 2) << number(45, 2) << number(0, 8) << number(2, 8)
        << number(2, 8) << number(directory.size(), 8) << number(directory_at, 8);
    out << "PK\x06\x07" << number(0, 4) << number(end_at, 8) << number(1, 4);
    out << "PK\x05\x06" << number(0, 4) << number(2, 2) << number(2, 2) << number(directory.size(), 4)
        << number(full, 4) << number(0, 2);
}

TEST(Zip64, ArraysBehindFourGiBAreReadWithoutTheRest) {
    const Scratch scratch;
    write_holey(scratch / "a.npz");
    ASSERT_GT(std::filesystem::file_size(scratch / "a.npz"), 5ULL << 30);
    const ArrayFile file(scratch / "a.npz");
    EXPECT_EQ(file.listing(), "it has large u1 (5368709120), small u1 (3)");
    NpyReader large = file.open("large");
    EXPECT_EQ(large.read_rows(4).count(), 4);
    NpyReader small = file.open("small");
    EXPECT_EQ(static_cast<const char*>(small.read_rows(2).raw())[1], 'b');
    // The last byte is the one at which the CRC is compared; this one was made up.
    EXPECT_TRUE(has(error_of([&] { small.read_rows(1); }), "its CRC is"));
}

TEST(Zip64, AnArrayIsWrittenPieceByPieceWithItsCrc) {
    const Scratch scratch;
    const Tensor x = counting({1000, 3, 100}, DType::f32);
    write_file_atomically(scratch / "pieces.npz", [&](FileWriter& out) {
        NpzWriter npz(out);
        npz.begin("x", DType::f32, x.shape());
        for (std::size_t at = 0; at < x.bytes(); at += 100000)
            npz.write(static_cast<const char*>(x.raw()) + at, std::min<std::size_t>(100000, x.bytes() - at));
        npz.end();
        npz.finish();
    });
    write_npz(scratch / "whole.npz", {{"x", x}});
    EXPECT_EQ(slurp(scratch / "pieces.npz"), slurp(scratch / "whole.npz"));
    EXPECT_TRUE(same(read_npz(scratch / "pieces.npz").at("x"), x));
    const auto half = [&] {
        write_file_atomically(scratch / "half.npz", [&](FileWriter& out) {
            NpzWriter npz(out);
            npz.begin("x", DType::u8, {4});
            npz.write("ab", 2);
            npz.end();
        });
    };
    EXPECT_TRUE(has(error_of(half), "entry 'x.npy' lacks 2 bytes"));
    EXPECT_FALSE(std::filesystem::exists(scratch / "half.npz"));
}

TEST(Zip64, MoreEntriesThan16BitsCanCount) {
    const Scratch scratch;
    write_file_atomically(scratch / "many.zip", [&](FileWriter& out) {
        ZipWriter zip(out);
        for (int i = 0; i < 70000; ++i) zip.add(std::to_string(i), {});
        zip.finish();
    });
    EXPECT_EQ(read_zip_directory(InputFile(scratch / "many.zip")).size(), 70000U);
}

}  // namespace

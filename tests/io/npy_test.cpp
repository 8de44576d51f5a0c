// SPDX-License-Identifier: MIT
#include "io/npy.hpp"

#include "io/npz.hpp"
#include "io/scratch.hpp"
#include "support/fuzz.hpp"

namespace {

using namespace mf;
using namespace mf::test;

template <class T>
T at(const Tensor& tensor, std::size_t i) {
    return static_cast<const T*>(tensor.raw())[i];
}

/// A version 1 file with this header (not padded) and `bytes` bytes of data.
std::string made(const std::string& header, std::size_t bytes) {
    std::string out = "\x93NUMPY\x01";
    out += {'\0', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
    return out + header + std::string(bytes, '\0');
}

std::string error_of_content(const std::string& content) {
    const Scratch scratch;
    const auto path = scratch.put("a.npy", content);
    const std::string error = error_of([&] { read_npy(path); });
    EXPECT_TRUE(error.empty() || has(error, path.string()));
    return error;
}

TEST(Npy, RoundTrip) {
    const Scratch scratch;
    for (const DType dtype : {DType::f32, DType::f64, DType::f16, DType::i32, DType::i64, DType::u8})
        for (const Shape& shape :
             {Shape{}, Shape{1}, Shape{31}, Shape{2, 3}, Shape{0}, Shape{3, 0, 2}, Shape{1, 2, 3, 4, 5}}) {
            const Tensor x = counting(shape, dtype);
            write_npy(scratch / "a.npy", x);
            EXPECT_TRUE(same(read_npy(scratch / "a.npy"), x)) << name_of(dtype) << shape.text();
            EXPECT_EQ((std::filesystem::file_size(scratch / "a.npy") - x.bytes()) % 64, 0U);
        }
}

TEST(Npy, TheHeaderIsWhatNumpyWrites) {
    const auto text = [](const Shape& shape, DType dtype) {
        const std::string header = npy_header(counting(shape, dtype), "x");
        return header.substr(10, header.find('}') - 9);
    };
    EXPECT_EQ(text({}, DType::f32), "{'descr': '<f4', 'fortran_order': False, 'shape': (), }");
    EXPECT_EQ(text({3}, DType::u8), "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }");
    EXPECT_EQ(text({3, 4}, DType::i64), "{'descr': '<i8', 'fortran_order': False, 'shape': (3, 4), }");
}

TEST(Npy, ReadsEveryVersionAndLayout) {
    const Tensor x = read_npy(data("version2.npy"));
    EXPECT_EQ(x.shape(), Shape{5});
    EXPECT_EQ(at<double>(x, 4), 4.0);
    const Tensor fortran = read_npy(data("fortran.npy"));
    EXPECT_EQ(fortran.shape(), (Shape{2, 3}));
    const Tensor big = read_npy(data("big_endian.npy"));
    EXPECT_EQ(big.dtype(), DType::f32);
    EXPECT_TRUE(has(error_of([] { read_npy(data("records.npy")); }), "records with named fields"));
}

TEST(Npy, EveryKindOfDamageHasItsLine) {
    const auto shaped = [](const std::string& shape, std::size_t bytes) {
        return error_of_content(
            made("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}\n", bytes));
    };
    EXPECT_EQ(shaped("(1, 2 )", 8), "");
    EXPECT_TRUE(has(error_of_content(""), "truncated (0 bytes)"));
    EXPECT_TRUE(has(error_of_content("PK\x03\x04 abcdef"), "is not an .npy file"));
    EXPECT_TRUE(has(error_of_content("\x93NUMPY\x04 abcdef"), "format version 4"));
    EXPECT_TRUE(has(error_of_content(made("{}", 0).substr(0, 9)), "truncated in its header"));
    EXPECT_TRUE(has(error_of_content(made("{}", 0).substr(0, 11)), "truncated in its header"));
    EXPECT_TRUE(has(error_of_content(made("{}", 0)), "expected descr, fortran_order and shape"));
    EXPECT_TRUE(has(error_of_content(made("{'descr': '<f4', 'descr': '<f4'}", 0)), "stands twice"));
    EXPECT_TRUE(has(error_of_content(made("{'colour': '<f4'}", 0)), "unknown key 'colour'"));
    EXPECT_TRUE(has(error_of_content(made("{'descr': '<f4", 0)), "a quote is not closed"));
    EXPECT_TRUE(has(error_of_content(made("{'descr': '|O', 'fortran_order': False, 'shape': ()}", 8)),
                    "Python objects (dtype '|O')"));
    EXPECT_TRUE(
        has(error_of_content(made("{'descr': '<f4', 'fortran_order': 0}", 0)), "must be True or False"));
    EXPECT_TRUE(has(shaped("(2,)", 7), "truncated: f4 of shape (2) has 8 bytes, but 7 are there"));
    EXPECT_TRUE(has(shaped("(2,)", 9), "1 bytes too many"));
    EXPECT_TRUE(has(shaped("(-1,)", 4), "integers >= 0"));
    EXPECT_TRUE(has(shaped("(99999999999999999999,)", 4), "integers >= 0"));
    EXPECT_TRUE(has(shaped("(4294967296, 4294967296)", 4), "too large"));
    EXPECT_TRUE(has(shaped("(1,1,1,1,1,1)", 4), "more than 5 dimensions"));
    EXPECT_TRUE(has(shaped("(1,)} x", 4), "nothing more"));
    EXPECT_TRUE(has(shaped("(1 2)", 8), "expected ')'"));
}

TEST(Npy, WritingRefusesWhatNumpyDoesNotKnow) {
    const Scratch scratch;
    EXPECT_TRUE(
        has(error_of([&] { write_npy(scratch / "a", counting({2}, DType::bf16)); }), "no type for bf16"));
    EXPECT_TRUE(has(error_of([&] {
                        write_npz(scratch / "a", {{"x", Tensor()}});
                    }),
                    "entry 'x': the tensor has no memory"));
    EXPECT_TRUE(scratch.names().empty());
}

TEST(Npz, RoundTrip) {
    const Scratch scratch;
    const std::map<std::string, Tensor> tensors = {{"mu", counting({31}, DType::f64)},
                                                   {"sigma", counting({31, 31}, DType::f64)},
                                                   {"arr_0", counting({2, 3, 5, 3}, DType::u8)},
                                                   {"none", counting({0, 3}, DType::f32)},
                                                   {"folder/n\xC3\xA4me", counting({}, DType::i64)}};
    write_npz(scratch / "a.npz", tensors);
    EXPECT_TRUE(same(read_npz(scratch / "a.npz"), tensors));
    write_npz(scratch / "b.npz", tensors);
    EXPECT_EQ(slurp(scratch / "a.npz"), slurp(scratch / "b.npz"));
    write_npz(scratch / "c.npz", {});
    EXPECT_TRUE(read_npz(scratch / "c.npz").empty());
}

TEST(Npz, ReadsWhatNumpyWrites) {
    for (const char* name : {"numpy.npz", "numpy_compressed.npz"}) {
        const auto tensors = read_npz(data(name));
        ASSERT_EQ(tensors.size(), 8U);
        EXPECT_EQ(tensors.at("weights").shape(), (Shape{2, 3}));
        for (std::size_t i = 0; i < 6; ++i)
            EXPECT_EQ(at<float>(tensors.at("weights"), i), static_cast<float>(i) / 4);
        EXPECT_EQ(at<double>(tensors.at("double"), 1), -2.0);
        EXPECT_EQ(at<std::int32_t>(tensors.at("ints"), 0), -2);
        EXPECT_EQ(at<std::int64_t>(tensors.at("longs"), 0), 7);
        EXPECT_EQ(tensors.at("longs").shape().rank(), 0);
        for (std::size_t i = 0; i < 256; ++i) EXPECT_EQ(at<std::uint8_t>(tensors.at("bytes"), i), i);
        EXPECT_EQ(at<std::uint8_t>(tensors.at("mask"), 2), 1);
        EXPECT_EQ(at<std::uint16_t>(tensors.at("half"), 1), 0xB800);
        EXPECT_EQ(tensors.at("none").shape(), (Shape{0, 5}));
    }
}

TEST(Npz, EveryFlippedByteOfTheNumbersIsFound) {
    const Scratch scratch;
    write_npz(scratch / "a", {{"x", counting({64}, DType::u8)}});
    const std::string whole = slurp(scratch / "a");
    const std::size_t start = 30 + 5 + 128;  // local header, name, .npy header
    for (std::size_t i = start; i < start + 64; ++i) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
        EXPECT_TRUE(has(error_of([&] { read_npz(scratch.put("b", damaged)); }),
                        "entry 'x.npy' is damaged: its CRC is"));
    }
}

TEST(Npz, EveryTruncationIsFound) {
    MemoryFile file;
    for (const char* name : {"numpy.npz", "numpy_compressed.npz"}) {
        const std::string whole = slurp(data(name));
        for (std::size_t n = 0; n < whole.size(); ++n) {
            file.put(whole.substr(0, n));
            EXPECT_TRUE(has(error_of([&] { read_npz(file.path()); }), "truncated")) << n;
        }
    }
}

TEST(Npz, DamageHasItsLine) {
    const Scratch scratch;
    const std::string whole = slurp(data("numpy_compressed.npz"));
    const std::size_t directory = whole.find("PK\x01\x02");
    const auto error = [&](std::size_t at, const std::string& bytes) {
        std::string changed = whole;
        changed.replace(at, bytes.size(), bytes);
        return error_of([&] { read_npz(scratch.put("a", changed)); });
    };
    EXPECT_TRUE(has(error(directory + 8, "\x01"), "entry 'weights.npy' is encrypted"));
    EXPECT_TRUE(has(error(directory + 10, "\x0C"), "packed with method 12"));
    EXPECT_TRUE(has(error(directory + 24, std::string("\xFF\xFF\xFF\x7F", 4)), "more than deflate can do"));
    EXPECT_TRUE(has(error(directory + 24, std::string("\xFF\xFF\xFF\xFF", 4)), "its zip64 field is missing"));
    EXPECT_TRUE(has(error(directory + 20, std::string("\xFF\xFF\xFF\x00", 4)), "lies outside of the file"));
    EXPECT_TRUE(
        has(error(directory + 42, std::string("\x01", 1)), "does not start where the directory says"));
    EXPECT_EQ(error(directory + 46, "weights.txt"), "") << "no array, and not asked for";
    EXPECT_TRUE(has(error(directory, "PX"), "the directory is damaged"));
    EXPECT_TRUE(has(error(60, std::string(20, '\xFF')), "is damaged"));
}

TEST(Npz, AFullDiskLeavesTheOldFile) {
    const Scratch scratch;
    scratch.put("a.npz", "old");
    {
        const SmallDisk disk(100000);
        EXPECT_TRUE(has(error_of([&] {
                            write_npz(scratch / "a.npz", {{"x", counting({1 << 20}, DType::u8)}});
                        }),
                        "bytes needed"));
    }
    EXPECT_EQ(slurp(scratch / "a.npz"), "old");
    EXPECT_EQ(scratch.names(), std::vector<std::string>{"a.npz"});
}

}  // namespace

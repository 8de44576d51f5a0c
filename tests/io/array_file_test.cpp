// SPDX-License-Identifier: MIT
// Arrays as other programs write them: every number, order and byte order; and those that nobody asked for.
#include <cmath>

#include "io/array_numbers.hpp"
#include "io/npz.hpp"
#include "io/scratch.hpp"

namespace {

using namespace mf;
using namespace mf::test;

/// A .npy file: version 1, or 2 and 3, whose length has four bytes.
std::string npy(const std::string& type, const std::string& shape, const std::string& numbers,
                bool fortran = false, char version = 1) {
    const std::string header = fmt::format("{{'descr': {}, 'fortran_order': {}, 'shape': {}, }}\n", type,
                                           fortran ? "True" : "False", shape);
    std::string out = "\x93NUMPY";
    out += {version, '\0', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
    if (version > 1) out += std::string(2, '\0');
    return out + header + numbers;
}

template <class T>
std::string bytes_of(const std::vector<T>& values, bool swap = false) {
    std::string out;
    for (const T value : values) {
        std::string one(reinterpret_cast<const char*>(&value), sizeof value);
        if (swap) std::reverse(one.begin(), one.end());
        out += one;
    }
    return out;
}

std::vector<double> values(const Tensor& tensor) {
    std::vector<double> out;
    for (std::int64_t i = 0; i < tensor.count(); ++i) switch (tensor.dtype()) {
            case DType::f64:
                out.push_back(static_cast<const double*>(tensor.raw())[i]);
                break;
            case DType::i64:
                out.push_back(static_cast<double>(static_cast<const std::int64_t*>(tensor.raw())[i]));
                break;
            case DType::i32:
                out.push_back(static_cast<const std::int32_t*>(tensor.raw())[i]);
                break;
            case DType::u8:
                out.push_back(static_cast<const std::uint8_t*>(tensor.raw())[i]);
                break;
            case DType::f16:
                out.push_back(to_float(static_cast<const float16*>(tensor.raw())[i]));
                break;
            default:
                out.push_back(tensor.f32()[i]);
        }
    return out;
}

template <class T>
void expect_read(const std::string& type, const std::vector<T>& numbers,
                 const std::vector<double>& expected) {
    const Scratch scratch;
    const auto shape = fmt::format("({},)", numbers.size());
    EXPECT_EQ(values(read_npy(scratch.put("a", npy("'<" + type + "'", shape, bytes_of(numbers))))), expected)
        << type;
    EXPECT_EQ(values(read_npy(scratch.put("a", npy("'>" + type + "'", shape, bytes_of(numbers, true))))),
              expected)
        << type;
    EXPECT_EQ(
        to_floats(read_npy(scratch.put("a", npy("'>" + type + "'", shape, bytes_of(numbers, true)))), "a")
            .f32()[1],
        static_cast<float>(expected[1]))
        << type;
}

TEST(ArrayFile, EveryNumberInBothByteOrders) {
    expect_read<float>("f4", {1.5F, -2.25F}, {1.5, -2.25});
    expect_read<double>("f8", {1.5, -2.25}, {1.5, -2.25});
    expect_read<std::uint16_t>("f2", {0x3C00, 0xC000}, {1, -2});
    expect_read<std::int8_t>("i1", {127, -128}, {127, -128});
    expect_read<std::int16_t>("i2", {300, -32768}, {300, -32768});
    expect_read<std::uint16_t>("u2", {300, 65535}, {300, 65535});
    expect_read<std::int32_t>("i4", {7, -70000}, {7, -70000});
    expect_read<std::uint32_t>("u4", {1, 4294967040U}, {1, 4294967040.0});
    expect_read<std::int64_t>("i8", {1, -5}, {1, -5});
    expect_read<std::uint64_t>("u8", {1, 5}, {1, 5});
    expect_read<std::uint8_t>("u1", {1, 255}, {1, 255});
    expect_read<std::uint8_t>("b1", {1, 0}, {1, 0});
}

TEST(ArrayFile, UnsignedNumbersAbove63BitsAreRefused) {
    const Scratch scratch;
    EXPECT_TRUE(has(error_of([&] {
                        read_npy(
                            scratch.put("a", npy("'<u8'", "(1,)", bytes_of<std::uint64_t>({1ULL << 63}))));
                    }),
                    "above 2^63 - 1"));
}

TEST(ArrayFile, FortranOrderOfAnyRankAndType) {
    const Scratch scratch;
    // x[i, j, k] = 100 i + 10 j + k, written with i running fastest.
    std::vector<std::int16_t> columns;
    for (std::int16_t k = 0; k < 4; ++k)
        for (std::int16_t j = 0; j < 3; ++j)
            for (std::int16_t i = 0; i < 2; ++i)
                columns.push_back(static_cast<std::int16_t>(100 * i + 10 * j + k));
    std::vector<double> expected;
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 4; ++k) expected.push_back(100 * i + 10 * j + k);
    const auto path = scratch.put("a", npy("'>i2'", "(2, 3, 4)", bytes_of(columns, true), true));
    EXPECT_EQ(values(read_npy(path)), expected);
    // By rows, too.
    const ArrayFile file(path);
    NpyReader reader = file.open("whatever");
    std::vector<double> rows = values(reader.read_rows(1));
    const std::vector<double> second = values(reader.read());
    rows.insert(rows.end(), second.begin(), second.end());
    EXPECT_EQ(rows, expected);
    EXPECT_TRUE(read_npy(scratch.put("a", npy("'<f4'", "(0, 3)", "", true))).count() == 0);
}

TEST(ArrayFile, HeadersOfEveryVersion) {
    const Scratch scratch;
    for (const char version : {'\1', '\2', '\3'})
        EXPECT_EQ(
            values(read_npy(scratch.put("a", npy("'<f4'", "(1,)", bytes_of<float>({2}), false, version)))),
            std::vector<double>{2});
    EXPECT_EQ(read_npy(scratch.put("a", npy("'<f4'", "(1L, 1L)", bytes_of<float>({2})))).shape(),
              (Shape{1, 1}));
}

/// An .npz with what nobody can compute with, around two arrays that somebody may want.
std::string mixed_npz(const Scratch& scratch) {
    const std::map<std::string, std::string> entries = {
        {"a_text.npy", npy("'<U3'", "(2,)", std::string(24, 'x'))},
        {"b_objects.npy", npy("'|O'", "(1,)", "\x80\x04\x95")},
        {"c_records.npy", npy("[('x', '<f4'), ('y', ('<i8', (2,)))]", "(1,)", std::string(20, '\0'))},
        {"d_complex.npy", npy("'<c16'", "(1,)", std::string(16, '\0'))},
        {"e_dates.npy", npy("'<M8[ns]'", "(1,)", std::string(8, '\0'))},
        {"f_deep.npy", npy("'<f4'", "(1, 1, 1, 1, 1, 1, 1)", std::string(4, '\0'))},
        {"g_void.npy", npy("'|V2'", "(1,)", "ab")},
        {"h_long.npy", npy("'<f16'", "(1,)", std::string(16, '\0'))},
        {"features.npy", npy("'>f2'", "(2, 1)", std::string("\x3C\x00\xC0\x00", 4), true)},
        {"notes.txt", "not an array"},
        {"z_damaged.npy", "nothing of the kind"}};
    const std::string path = (scratch / "mixed.npz").string();
    write_file_atomically(path, [&](FileWriter& out) {
        ZipWriter zip(out);
        for (const auto& [name, content] : entries) zip.add(name, {content});
        zip.finish();
    });
    return path;
}

TEST(ArrayFile, WhatIsNotAskedForMayBeAnything) {
    const Scratch scratch;
    const ArrayFile file(mixed_npz(scratch));
    EXPECT_EQ(values(file.read("features")), (std::vector<double>{1, -2}));
    EXPECT_TRUE(file.has("a_text"));
    EXPECT_FALSE(file.has("notes"));
    EXPECT_EQ(file.names().size(), 10U);
    const auto error = [&](const std::string& name) { return error_of([&] { file.read(name); }); };
    EXPECT_TRUE(has(error("a_text"), "holds text (dtype '<U3')"));
    EXPECT_TRUE(has(error("b_objects"), "holds Python objects"));
    EXPECT_TRUE(has(error("c_records"), "records with named fields"));
    EXPECT_TRUE(has(error("d_complex"), "holds complex numbers"));
    EXPECT_TRUE(has(error("e_dates"), "holds dates or times"));
    EXPECT_TRUE(has(error("f_deep"), "more than 5 dimensions"));
    EXPECT_TRUE(has(error("g_void"), "bfloat16"));
    EXPECT_TRUE(has(error("h_long"), "floats of another size"));
    EXPECT_TRUE(has(error("z_damaged"), "is not an .npy file"));
}

TEST(ArrayFile, AMissingNameListsWhatIsThere) {
    const Scratch scratch;
    try {
        ArrayFile(mixed_npz(scratch)).read("feature");
        FAIL();
    } catch (const Error& error) {
        EXPECT_TRUE(has(error.what(), "has no array 'feature'"));
        EXPECT_TRUE(has(error.hint(), "a_text U3 (2)"));
        EXPECT_TRUE(has(error.hint(), "features >f2 (2, 1)"));
        EXPECT_TRUE(has(error.hint(), "c_records records (1)"));
        EXPECT_TRUE(has(error.hint(), "z_damaged (unreadable)"));
    }
}

TEST(ArrayFile, TextsComeBackAsTheyWent) {
    const Scratch scratch;
    const std::vector<std::string> names = {"cat", "", "T-shirt/top",
                                            "h\xC3\xA4"
                                            "n \xE2\x82\xAC \xF0\x9F\x90\x88"};
    write_file_atomically(scratch / "a.npz", [&](FileWriter& out) {
        NpzWriter npz(out);
        npz.add("class_names", names);
        npz.finish();
    });
    const ArrayFile file(scratch / "a.npz");
    EXPECT_EQ(file.open("class_names").about().text(), "U11 (4)");
    EXPECT_EQ(file.open("class_names").read_texts(), names);
    EXPECT_EQ(
        ArrayFile(scratch.put("b", npy("'|S4'", "(2,)", std::string("ab\0\0wxyz", 8)))).open("").read_texts(),
        (std::vector<std::string>{"ab", "wxyz"}));
    EXPECT_EQ(
        ArrayFile(scratch.put("b", npy("'>U1'", "(1,)", std::string("\0\0\0A", 4)))).open("").read_texts(),
        std::vector<std::string>{"A"});
    EXPECT_TRUE(has(
        error_of([&] { ArrayFile(scratch.put("b", npy("'<U1'", "(9,)", "abcd"))).open("").read_texts(); }),
        "truncated or too long"));
    EXPECT_TRUE(has(
        error_of([&] { ArrayFile(scratch.put("b", npy("'<f4'", "(1,)", "abcd"))).open("").read_texts(); }),
        "expected text"));
}

TEST(ArrayFile, RowsOfADeflatedArrayComePieceByPiece) {
    const ArrayFile file(data("numpy_compressed.npz"));
    NpyReader reader = file.open("bytes");
    std::vector<double> all;
    for (const std::int64_t rows : {1, 1, 2})
        for (const double value : values(reader.read_rows(rows))) all.push_back(value);
    for (std::size_t i = 0; i < 256; ++i) EXPECT_EQ(all[i], static_cast<double>(i));
    EXPECT_TRUE(has(error_of([&] { reader.read_rows(1); }), "1 rows wanted"));
}

TEST(ArrayNumbers, IntegersStayThemselvesOrAreRefused) {
    const auto floats_of = [](std::int64_t value) {
        Tensor x({1}, DType::i64);
        *static_cast<std::int64_t*>(x.raw()) = value;
        return to_floats(x, "there").f32()[0];
    };
    for (const std::int64_t value : {0LL, -7LL, 1LL << 24, -(1LL << 24), (1LL << 24) + 2, 1LL << 62})
        EXPECT_EQ(static_cast<std::int64_t>(floats_of(value)), value);
    constexpr std::int64_t one = 1;
    for (const std::int64_t value : {(one << 24) + 1, -(one << 24) - 1, (one << 62) + 1,
                                     std::int64_t{INT64_MAX}, std::int64_t{INT64_MIN} + 1})
        EXPECT_TRUE(has(error_of([&] { floats_of(value); }), "there: holds the integer")) << value;
}

TEST(ArrayNumbers, DoublesAreRoundedNotLost) {
    Tensor x({2}, DType::f64);
    auto* numbers = static_cast<double*>(x.raw());
    numbers[0] = 0.1;
    numbers[1] = INFINITY;
    EXPECT_EQ(to_floats(x, "there").f32()[0], 0.1F);
    EXPECT_TRUE(std::isinf(to_floats(x, "there").f32()[1]));
    numbers[1] = 1e300;
    EXPECT_TRUE(has(error_of([&] { to_floats(x, "there"); }), "beyond the range"));
    numbers[0] = 3;
    numbers[1] = -4;
    EXPECT_EQ(to_integers(x, "there"), (std::vector<std::int64_t>{3, -4}));
    numbers[1] = 0.5;
    EXPECT_TRUE(has(error_of([&] { to_integers(x, "there"); }), "there: holds 0.5, expected whole numbers"));
}

}  // namespace

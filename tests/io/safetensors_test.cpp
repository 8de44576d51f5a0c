// SPDX-License-Identifier: MIT
#include "io/safetensors.hpp"

#include <cmath>
#include <limits>

#include "io/scratch.hpp"
#include "support/fuzz.hpp"

namespace {

using namespace mf;
using namespace mf::test;

TensorFile sample() {
    TensorFile file;
    file.tensors["odd.u8"] = counting({3}, DType::u8);
    file.tensors["a.f32"] = counting({31, 33}, DType::f32);
    file.tensors["b.f64"] = counting({2, 1, 5}, DType::f64);
    file.tensors["c.bf16"] = counting({7}, DType::bf16);
    file.tensors["c.f16"] = counting({1, 1, 1, 1, 3}, DType::f16);
    file.tensors["i32"] = counting({2}, DType::i32);
    file.tensors["i64"] = counting({1}, DType::i64);
    file.tensors["scalar"] = counting({}, DType::f32);
    file.tensors["none"] = counting({0, 4}, DType::f32);
    file.metadata = {{"step", "12"}, {"quote", "a \"b\" \\ \n \xC3\xA9"}};
    return file;
}

/// A file with this header and `bytes` bytes of data.
std::string file_of(const std::string& header, std::size_t bytes) {
    std::string length(8, '\0');
    const std::uint64_t n = header.size();
    std::memcpy(length.data(), &n, 8);
    return length + header + std::string(bytes, '\1');
}

std::string refusal_of(const std::string& content) {
    const Scratch scratch;
    const auto path = scratch.put("model.safetensors", content);
    const std::string error = error_of([&] { read_safetensors(path); });
    EXPECT_TRUE(has(error, path.string()));
    EXPECT_EQ(error_of([&] { MappedSafetensors mapped(path); }), error);
    EXPECT_EQ(error_of([&] { read_safetensors_header(path); }), error);
    return error;
}

TEST(Safetensors, RoundTrip) {
    const Scratch scratch;
    const TensorFile file = sample();
    write_safetensors(scratch / "a", file);
    const TensorFile back = read_safetensors(scratch / "a");
    EXPECT_TRUE(same(back.tensors, file.tensors));
    EXPECT_EQ(back.metadata, file.metadata);
    const MappedSafetensors mapped(scratch / "a");
    EXPECT_TRUE(same(mapped.tensors(), file.tensors));
    EXPECT_EQ(mapped.metadata(), file.metadata);
    write_safetensors(scratch / "b", back);
    EXPECT_EQ(slurp(scratch / "a"), slurp(scratch / "b")) << "equal content must give equal bytes";
}

TEST(Safetensors, NumbersStandAlignedInTheFile) {
    const Scratch scratch;
    write_safetensors(scratch / "a", sample());
    const SafetensorsHeader header = read_safetensors_header(scratch / "a");
    EXPECT_EQ(header.file_bytes, std::filesystem::file_size(scratch / "a"));
    for (const auto& [name, entry] : header.tensors)
        EXPECT_EQ(entry.offset % size_of(entry.dtype), 0U) << name;
    EXPECT_EQ(header.tensors.at("a.f32").shape, (Shape{31, 33}));
    EXPECT_EQ(header.tensors.at("a.f32").bytes, 31U * 33U * 4U);
}

TEST(Safetensors, AnEmptyFileOfTensorsIsAFile) {
    const Scratch scratch;
    write_safetensors(scratch / "a", {});
    EXPECT_TRUE(read_safetensors(scratch / "a").tensors.empty());
    const MappedSafetensors mapped(scratch / "a");
    EXPECT_TRUE(mapped.tensors().empty());
}

TEST(Safetensors, NanIsANumberLikeAnyOther) {
    const Scratch scratch;
    TensorFile file;
    Tensor x({3}, DType::f32);
    x.f32()[0] = std::numeric_limits<float>::quiet_NaN();
    x.f32()[1] = -std::numeric_limits<float>::infinity();
    x.f32()[2] = -0.0F;
    file.tensors["x"] = x;
    write_safetensors(scratch / "a", file);
    EXPECT_TRUE(same(read_safetensors(scratch / "a").tensors.at("x"), x));
}

TEST(Safetensors, ReadsAFileOfTheOfficialLibrary) {
    for (const bool mapped : {false, true}) {
        std::map<std::string, Tensor> tensors;
        const MappedSafetensors map(data("official.safetensors"));
        tensors = mapped ? map.tensors() : read_safetensors(data("official.safetensors")).tensors;
        ASSERT_EQ(tensors.size(), 5U);
        EXPECT_EQ(map.metadata().at("note"), "\xC3\xA9");
        EXPECT_EQ(tensors.at("b.weight").shape(), (Shape{2, 3}));
        for (int i = 0; i < 6; ++i) EXPECT_EQ(tensors.at("b.weight").f32()[i], static_cast<float>(i));
        EXPECT_EQ(tensors.at("mask").dtype(), DType::u8);
        EXPECT_EQ(static_cast<const std::uint8_t*>(tensors.at("mask").raw())[0], 1);
        EXPECT_EQ(tensors.at("empty").count(), 0);
    }
}

TEST(Safetensors, UnalignedTensorsAreCopiedWhenMapped) {
    const Scratch scratch;
    const std::string header = R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},)"
                               R"("b":{"dtype":"F32","shape":[2],"data_offsets":[3,11]}})";
    const MappedSafetensors mapped(scratch.put("a", file_of(header, 11)));
    const Tensor& b = mapped.tensors().at("b");
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(b.raw()) % 4, 0U);
    EXPECT_EQ(b.f32()[1], b.f32()[0]);
}

TEST(Safetensors, WhatNobodyComputesWithRefusesNothing) {
    const Scratch scratch;
    const std::vector<std::pair<std::string, int>> types = {
        {"I8", 8},          {"I16", 16},    {"U16", 16},    {"U32", 32},    {"U64", 64},
        {"C64", 64},        {"F8_E4M3", 8}, {"F8_E5M2", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8},
        {"F8_E5M2FNUZ", 8}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4}};
    for (const auto& [type, bits] : types) {
        const int bytes = 8 * bits / 8;
        const std::string header =
            fmt::format(R"({{"odd":{{"dtype":"{}","shape":[2,4],"data_offsets":[0,{}]}},)"
                        R"("x":{{"dtype":"F32","shape":[2],"data_offsets":[{},{}]}}}})",
                        type, bytes, bytes, bytes + 8);
        const auto path = scratch.put("a", file_of(header, static_cast<std::size_t>(bytes) + 8));
        const TensorFile file = read_safetensors(path);
        ASSERT_EQ(file.tensors.size(), 1U) << type;
        EXPECT_EQ(file.tensors.at("x").shape(), Shape{2});
        EXPECT_EQ(file.foreign.at("odd").type, type);
        EXPECT_EQ(file.foreign.at("odd").shape, "(2, 4)");
        const MappedSafetensors mapped(path);
        EXPECT_EQ(mapped.foreign().size(), 1U);
        EXPECT_TRUE(has(error_of([&] { file.at("odd", "there"); }), "there: tensor 'odd' has type " + type));
        EXPECT_TRUE(has(error_of([&] { file.at("none", "there"); }), "there: has no tensor 'none'"));
        EXPECT_EQ(file.at("x", "there").count(), 2);
    }
    const std::string header = R"({"x":{"dtype":"F32","shape":[1,1,1,1,1,1],"data_offsets":[0,4]}})";
    EXPECT_EQ(read_safetensors(scratch.put("a", file_of(header, 4))).foreign.at("x").shape,
              "(1, 1, 1, 1, 1, 1)");
}

TEST(Safetensors, EveryKindOfDamageHasItsLine) {
    const auto tensor = [](const std::string& about, std::size_t bytes) {
        return refusal_of(file_of(R"({"x":)" + about + "}", bytes));
    };
    EXPECT_TRUE(has(refusal_of(""), "but an empty file"));
    EXPECT_TRUE(has(refusal_of("\1\2\3\4\5\6\7"), "truncated: 7 bytes"));
    EXPECT_TRUE(has(refusal_of(std::string(8, '\xFF')), "not a safetensors file"));
    EXPECT_TRUE(has(refusal_of(file_of("{}", 0).substr(0, 9)), "truncated: a header of 2 bytes"));
    EXPECT_TRUE(has(refusal_of(file_of("{]", 0)), "not JSON (at byte 2"));
    EXPECT_TRUE(has(refusal_of(file_of("", 0)), "not JSON"));
    EXPECT_TRUE(has(refusal_of(file_of("[]", 0)), "must be a JSON object"));
    EXPECT_TRUE(has(refusal_of(file_of(std::string(100000, '['), 0)), "nested deeper"));
    EXPECT_TRUE(has(refusal_of(file_of("1e999", 0)), "a number is too large"));
    EXPECT_TRUE(has(refusal_of(file_of("{}", 1)), "1 bytes too many"));
    EXPECT_TRUE(has(refusal_of(file_of(R"({"__metadata__":{"a":1}})", 0)), "texts only"));
    EXPECT_TRUE(has(tensor("3", 0), "tensor 'x': expected dtype, shape and data_offsets"));
    EXPECT_TRUE(has(tensor(R"({"dtype":"F8","shape":[1],"data_offsets":[0,1]})", 1),
                    "dtype 'F8' is none of the format's"));
    EXPECT_TRUE(has(tensor(R"({"dtype":1,"shape":[1],"data_offsets":[0,1]})", 1), "dtype must be text"));
    EXPECT_TRUE(has(tensor(R"({"dtype":"U8","shape":[-1],"data_offsets":[0,1]})", 1), "integers >= 0"));
    EXPECT_TRUE(has(tensor(R"({"dtype":"U8","shape":[1.5],"data_offsets":[0,1]})", 1), "integers >= 0"));
    EXPECT_TRUE(has(tensor(R"({"dtype":"U8","shape":{},"data_offsets":[0,1]})", 1), "integers >= 0"));
    EXPECT_TRUE(
        has(tensor(R"({"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,1]})", 1), "too large"));
    EXPECT_TRUE(has(tensor(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})", 0),
                    "too large"));
    EXPECT_TRUE(has(tensor(R"({"dtype":"U8","shape":[9223372036854775807,4,0],"data_offsets":[0,0]})", 0),
                    "too large"));
    EXPECT_TRUE(has(tensor(R"({"dtype":"F4","shape":[3],"data_offsets":[0,1]})", 1), "end within a byte"));
    EXPECT_TRUE(has(tensor(R"({"dtype":"I16","shape":[2],"data_offsets":[0,2]})", 2),
                    "has 4 bytes, but data_offsets"));
    EXPECT_TRUE(has(tensor(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})", 4),
                    "has 8 bytes, but data_offsets"));
    EXPECT_TRUE(has(tensor(R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})", 4), "begin <= end"));
    EXPECT_TRUE(has(tensor(R"({"dtype":"F32","shape":[1],"data_offsets":[0]})", 4), "two integers"));
    EXPECT_TRUE(
        has(tensor(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})", 3), "truncated: tensor 'x'"));
    EXPECT_TRUE(has(tensor(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})", 8), "expected 0 (gap)"));
    EXPECT_TRUE(has(refusal_of(file_of(R"({"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                                       R"("y":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
                                       3)),
                    "expected 2 (overlap)"));
    EXPECT_TRUE(has(refusal_of(file_of(R"({"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                                       R"("x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                                       1)),
                    "the key 'x' stands twice"));
}

TEST(Safetensors, EveryTruncationIsFound) {
    const Scratch scratch;
    write_safetensors(scratch / "a", sample());
    const std::string whole = slurp(scratch / "a");
    MemoryFile file;
    for (std::size_t n = 1; n < whole.size(); n += n < 1200 ? 1 : 97) {
        file.put(whole.substr(0, n));
        EXPECT_TRUE(has(error_of([&] { read_safetensors(file.path()); }), "truncated")) << n;
    }
}

TEST(Safetensors, WritingRefusesWhatCannotBeRead) {
    const Scratch scratch;
    const auto error = [&](const std::string& name, const Tensor& tensor) {
        TensorFile file;
        file.tensors[name] = tensor;
        return error_of([&] { write_safetensors(scratch / "a", file); });
    };
    EXPECT_TRUE(has(error("x", Tensor()), "tensor 'x' has no memory"));
    EXPECT_TRUE(has(error("__metadata__", counting({1}, DType::u8)), "cannot be named __metadata__"));
    EXPECT_TRUE(has(error("\xFF", counting({1}, DType::u8)), "not UTF-8"));
    EXPECT_TRUE(scratch.names().empty());
}

TEST(Safetensors, AFullDiskLeavesTheOldFile) {
    const Scratch scratch;
    write_safetensors(scratch / "a", sample());
    const std::string before = slurp(scratch / "a");
    TensorFile large;
    large.tensors["x"] = counting({1000, 1000}, DType::f32);
    {
        const SmallDisk disk(1 << 20);
        EXPECT_TRUE(has(error_of([&] { write_safetensors(scratch / "a", large); }), "bytes needed"));
    }
    EXPECT_EQ(slurp(scratch / "a"), before);
    EXPECT_EQ(scratch.names(), std::vector<std::string>{"a"});
}

}  // namespace

// SPDX-License-Identifier: MIT
// Readers of foreign files against damaged ones: they return or throw mf::Error, whatever the bytes.
#include "support/fuzz.hpp"

#include <zlib.h>

#include "io/array_numbers.hpp"
#include "io/csv.hpp"
#include "io/jsonl.hpp"
#include "io/npy.hpp"
#include "io/npz.hpp"
#include "io/png.hpp"
#include "io/safetensors.hpp"
#include "io/scratch.hpp"
#include "io/yaml.hpp"

namespace {

using namespace mf;
using namespace mf::test;

/// Reads every byte, so that a sanitizer sees what is not there.
void touch(const Tensor& tensor) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < tensor.bytes(); ++i)
        sum += static_cast<const unsigned char*>(tensor.raw())[i];
    volatile unsigned keep = sum;
    (void)keep;
    tensor.rows();
}

/// Makes the length of the header right again: up to the last brace.
void repair_safetensors(std::string& file) {
    const std::size_t brace = file.rfind('}');
    if (brace == std::string::npos || brace < 8) return;
    const std::uint64_t length = brace - 7;
    std::memcpy(file.data(), &length, 8);
}

TEST(Fuzz, Safetensors) {
    const Scratch scratch;
    TensorFile file;
    file.tensors["a.weight"] = counting({3, 5}, DType::f32);
    file.tensors["b"] = counting({7}, DType::bf16);
    file.tensors["c"] = counting({1, 0}, DType::u8);
    file.metadata["config"] = "{}";
    write_safetensors(scratch / "a", file);
    const auto reader = [](const std::string& path) {
        const MappedSafetensors mapped(path);
        for (const auto& [name, tensor] : mapped.tensors()) touch(tensor);
        for (const auto& [name, tensor] : read_safetensors(path).tensors) touch(tensor);
    };
    const std::string odd = R"({"a":{"dtype":"F8_E4M3","shape":[2,4],"data_offsets":[0,8]},)"
                            R"("b":{"dtype":"F4","shape":[4],"data_offsets":[8,10]}})";
    std::string length(8, '\0');
    length[0] = static_cast<char>(odd.size());
    fuzz({slurp(scratch / "a"), slurp(data("official.safetensors")), length + odd + "0123456789"}, reader,
         repair_safetensors);
}

/// Every array that holds numbers, row by row and as floats; every array that holds text.
void touch_arrays(const std::string& path) {
    const ArrayFile file(path);
    file.listing();
    for (const std::string& name : file.names()) {
        NpyReader reader = file.open(name);
        if (!reader.holds_numbers()) {
            reader.read_texts();
            continue;
        }
        if (const Shape shape = reader.shape(); shape.rank() > 0 && shape[0] > 1) touch(reader.read_rows(1));
        const Tensor rest = reader.read();
        touch(to_floats(rest, path));
    }
}

/// The same numbers in another type, order and byte order: only the header says so.
std::string other_npy(const std::string& type, bool fortran, std::size_t bytes) {
    std::string header = npy_header_text(type, {4, 3});
    if (fortran) header.replace(header.find("False"), 5, "True ");
    return header + std::string(bytes, '\1');
}

TEST(Fuzz, Npy) {
    const Scratch scratch;
    write_npy(scratch / "a", counting({3, 5}, DType::f32));
    write_npy(scratch / "b", counting({}, DType::u8));
    fuzz({slurp(scratch / "a"), slurp(scratch / "b"), slurp(data("version2.npy")), other_npy(">f2", true, 24),
          other_npy("<i1", false, 12), other_npy("<u2", true, 24), npy_of_texts({"cat", "dog"})},
         touch_arrays);
}

TEST(Fuzz, Npz) {
    const Scratch scratch;
    write_npz(scratch / "a", {{"x", counting({3, 5}, DType::f32)}});
    write_npz(scratch / "b", {{"mu", counting({2}, DType::f64)}, {"sigma", counting({2, 2}, DType::f64)}});
    write_file_atomically(scratch / "c", [](FileWriter& out) {
        ZipWriter zip(out, true);
        const std::string names = npy_of_texts({"a", "b"}), halves = other_npy(">f2", true, 24);
        zip.add("names.npy", {names});
        zip.add("halves.npy", {halves});
        zip.finish();
    });
    fuzz({slurp(scratch / "a"), slurp(scratch / "b"), slurp(scratch / "c"),
          slurp(data("numpy_compressed.npz"))},
         touch_arrays);
}

TEST(Fuzz, Csv) {
    fuzz({"x,y\n0.25,-1.5\n3,4e-2\n", "# t\n1.0e+00 2.0\n-3 4\n", "1;2\r\n3;4\r\n"},
         [](const std::string& path) { touch(read_csv(path)); });
}

/// Makes the CRC of every chunk right again.
void repair_png(std::string& png) {
    const auto number = [&](std::size_t at) {
        std::size_t value = 0;
        for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(png[at + i]);
        return value;
    };
    std::size_t at = 8;
    while (at + 12 <= png.size() && number(at) <= png.size() - at - 12) {
        const std::size_t bytes = number(at);
        const uLong crc =
            ::crc32(0, reinterpret_cast<const Bytef*>(png.data()) + at + 4, static_cast<uInt>(bytes + 4));
        for (std::size_t i = 0; i < 4; ++i) png[at + 8 + bytes + i] = static_cast<char>(crc >> (24 - 8 * i));
        at += bytes + 12;
    }
}

TEST(Fuzz, Png) {
    std::vector<std::string> seeds;
    for (const char* name :
         {"rgb.png", "rgba.png", "gray.png", "gray16.png", "bilevel.png", "palette.png", "interlaced.png"})
        seeds.push_back(slurp(data(name)));
    seeds.push_back(encode_png({2, 1, 1, {1, 2}}, {{"Software", "meanflow"}, {"Title", "\xC3\xA9"}}));
    const auto reader = [](const std::string& path) {
        const PictureText text = read_png_text(path);
        const Picture picture = read_png(path);
        EXPECT_EQ(picture.pixels.size(), static_cast<std::size_t>(picture.width) *
                                             static_cast<std::size_t>(picture.height) *
                                             static_cast<std::size_t>(picture.channels));
    };
    fuzz(seeds, reader, repair_png);
}

TEST(Fuzz, Yaml) {
    const std::vector<std::string> seeds = {
        "seed: 7\ndata:\n  name: checkerboard\n  sizes: [1, 2, 'x']\nlist:\n- a\n- \"b\\x41\\u00e9\"\n",
        "a: {b: {c: [1, 2]}, d: \"e\"}\n? f\n: |\n  text\n  more\ng: >-\n  folded\n\n  lines\n",
        "%YAML 1.2\n---\nkey: 'it''s' # note\nother: plain text\n...\n",
        "a: {b: 1}\n\"q\\\"k\": \"\\n\\t\\0\"\nnone: []\nlong.key.name: -1.5e-3\n"};
    const auto reader = [](const std::string& path) {
        // What can be read can be written and read again.
        std::vector<std::pair<std::string, std::string>> items;
        for (const KeyValue& leaf : read_yaml(path)) items.emplace_back(leaf.key, leaf.value);
        const std::string text = yaml_text(items);
        std::map<std::string, std::string> first(items.begin(), items.end()), second;
        for (const KeyValue& leaf : parse_yaml(text, path)) second[leaf.key] = leaf.value;
        EXPECT_EQ(first, second) << text;
    };
    fuzz(seeds, reader);
}

TEST(Fuzz, JsonLines) {
    fuzz({"{\"step\": 1, \"loss\": 0.5, \"note\": \"x\"}\n{\"step\": 2, \"loss\": null}\n"},
         [](const std::string& path) { read_json_lines(path); });
}

}  // namespace

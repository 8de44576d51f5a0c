// SPDX-License-Identifier: MIT
// Files that are not what their name says: the error says what they are.
#include "io/looks_like.hpp"

#include "io/npz.hpp"
#include "io/safetensors.hpp"
#include "io/scratch.hpp"

namespace {

using namespace mf;
using namespace mf::test;
using namespace std::string_literals;

/// A zip archive with one stored entry.
std::string zip_of(const std::string& name) {
    const Scratch scratch;
    write_file_atomically(scratch / "a.zip", [&](FileWriter& out) {
        ZipWriter zip(out);
        zip.add(name, {"content"});
        zip.finish();
    });
    return slurp(scratch / "a.zip");
}

struct Foreign {
    std::string content, what, hint;
};

std::vector<Foreign> foreign_files() {
    std::string tar(512, '\0');
    tar.replace(0, 5, "a.txt");
    tar.replace(257, 5, "ustar");
    std::string old_torch = tar;
    old_torch.replace(0, 6, "pickle");
    return {
        {"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1234\n", "a Git LFS pointer",
         "git lfs pull"},
        {"<!DOCTYPE html>\n<html></html>", "an HTML page", "download the file itself"},
        {"\n  <HTML lang=en>", "an HTML page", "download the file itself"},
        {"\xEF\xBB\xBF<!doctype HTML>", "an HTML page", "download the file itself"},
        {"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>", "an XML text",
         "download the file itself"},
        {zip_of("archive/data.pkl"), "a PyTorch archive", "meanflow convert"},
        {zip_of("model_17/data.pkl"), "a PyTorch archive", "meanflow convert"},
        {zip_of("mu.npy"), "a NumPy archive", ""},
        {zip_of("readme.md"), "a zip archive", "unpack"},
        {"\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19.\x80\x02",
         "a PyTorch file of the old form", "meanflow convert"},
        {"\x80\x04\x95\x10\0\0\0\0\0\0\0}"s, "a Python pickle", "save_file"},
        {"\x1F\x8B\x08\0\0\0\0\0\0\x03more"s, "a gzip file", "gzip -d"},
        {"\x28\xB5\x2F\xFD\x04more....", "a zstd file", "zstd -d"},
        {"\xFD\x37zXZ\0\0\x04morebytes"s, "an xz file", "xz -d"},
        {"BZh91AY&SY", "a bzip2 file", "bzip2 -d"},
        {"\x93NUMPY\x01\0v\0{'descr'"s, "a NumPy array", ""},
        {tar, "a tar archive", "tar xf"},
        {old_torch, "a PyTorch file of the oldest form", "tar xf"},
        {"{\"metadata\": {}, \"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\"}}",
         "the index of weights", ""},
        {"{\"architectures\": [\"x\"]}", "a JSON text", ""},
        {"\x89PNG\r\n\x1A\n....", "a PNG picture", ""},
        {"\xFF\xD8\xFF\xE0....JFIF", "a JPEG picture", ""},
        {"\x89HDF\r\n\x1A\n....", "an HDF5 file", ""},
        {"GGUF\x03\0\0\0more"s, "a GGUF file", ""},
        {"Entry not found", "a text that begins with 'Entry not found'", ""},
        {std::string(100, '\0'), "begins with zeros", "get the file again"},
        {"", "an empty file", "get the file again"},
    };
}

TEST(LooksLike, NoSafetensorsButWhat) {
    const Scratch scratch;
    for (const auto& [content, what, hint] : foreign_files()) {
        const auto path = scratch.put("model.safetensors", content);
        for (const bool mapped : {false, true}) try {
                if (mapped)
                    MappedSafetensors file(path);
                else
                    read_safetensors(path);
                ADD_FAILURE() << what;
            } catch (const Error& error) {
                EXPECT_TRUE(has(error.what(), what));
                EXPECT_TRUE(has(error.what(), "model.safetensors: is not a safetensors file, but "));
                EXPECT_TRUE(has(error.hint(), hint)) << what;
            }
    }
}

TEST(LooksLike, NoArraysButWhat) {
    const Scratch scratch;
    for (const auto& [content, what, hint] : foreign_files()) {
        if (content.starts_with("PK") || content.starts_with("\x93NUMPY")) continue;
        const auto path = scratch.put("x.npz", content);
        EXPECT_TRUE(
            has(error_of([&] { ArrayFile file(path); }), "is not a zip archive, or it is truncated, but "))
            << what;
        EXPECT_TRUE(has(error_of([&] { ArrayFile file(path); }), what));
    }
    EXPECT_TRUE(has(error_of([&] { ArrayFile(scratch.put("x.npz", zip_of("a.npy").substr(0, 60))); }),
                    "the archive is truncated"));
}

TEST(LooksLike, ACutDownloadSaysSo) {
    const Scratch scratch;
    TensorFile file;
    file.tensors["x"] = counting({100}, DType::f32);
    write_safetensors(scratch / "a", file);
    const std::string whole = slurp(scratch / "a");
    for (const std::size_t bytes : {whole.size() - 1, std::size_t{20}}) try {
            read_safetensors(scratch.put("b", whole.substr(0, bytes)));
            ADD_FAILURE() << bytes;
        } catch (const Error& error) {
            EXPECT_TRUE(has(error.what(), "the file is truncated"));
            EXPECT_TRUE(has(error.hint(), "get the file again"));
        }
}

TEST(LooksLike, NothingIsSaidOfWhatIsUnknown) {
    EXPECT_FALSE(looks_like("\x01\x02\x03\x04\x05\x06\x07\x08\x09", 9).has_value());
    EXPECT_FALSE(looks_like("\xFF\xFF", 2).has_value());
}

}  // namespace

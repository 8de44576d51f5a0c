// SPDX-License-Identifier: MIT
#include "io/looks_like.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/error.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

using namespace std::string_view_literals;

struct Magic {
    std::string_view start;
    const char *what, *hint;
};

constexpr const char* kUnpack = "unpack it first";
constexpr const char* kFromTorch =
    "'meanflow convert FILE model.safetensors' makes safetensors of its weights";

constexpr std::array kMagics = {
    Magic{"version https://git-lfs.github.com/spec/"sv, "a Git LFS pointer (a stand-in of a few lines)",
          "'git lfs pull' in its repository fetches the file itself"},
    Magic{"\x1F\x8B"sv, "a gzip file", "unpack it first: gzip -d FILE"},
    Magic{"\x28\xB5\x2F\xFD"sv, "a zstd file", "unpack it first: zstd -d FILE"},
    Magic{"\xFD\x37zXZ\0"sv, "an xz file", "unpack it first: xz -d FILE"},
    Magic{"BZh"sv, "a bzip2 file", "unpack it first: bzip2 -d FILE"},
    Magic{"7z\xBC\xAF\x27\x1C"sv, "a 7-Zip archive", kUnpack},
    Magic{"Rar!\x1A\x07"sv, "a RAR archive", kUnpack},
    Magic{"\x93NUMPY"sv, "a NumPy array (.npy)", ""},
    Magic{"\x89HDF\r\n\x1A\n"sv, "an HDF5 file (Keras writes its weights so)", ""},
    Magic{"GGUF"sv, "a GGUF file", ""},
    Magic{"\x89PNG\r\n\x1A\n"sv, "a PNG picture", ""},
    Magic{"\xFF\xD8\xFF"sv, "a JPEG picture", ""},
    Magic{"GIF8"sv, "a GIF picture", ""},
    Magic{"%PDF"sv, "a PDF document", ""},
    Magic{"\x7F"
          "ELF"sv,
          "a program", ""},
    Magic{"SQLite format 3"sv, "an SQLite database", ""},
    Magic{"\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19"sv,
          "a PyTorch file of the old form (a pickle)", kFromTorch},
};

bool begins_with(std::string_view text, std::string_view lower) {
    return text.size() >= lower.size() &&
           std::equal(lower.begin(), lower.end(), text.begin(),
                      [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

LooksLike zip_kind(std::string_view start) {
    if (start.find("/data.pkl") != start.npos || start.find("/byteorder") != start.npos)
        return {"a PyTorch archive (.pt, .pth or .bin)", kFromTorch};
    if (start.find(".npy") != start.npos) return {"a NumPy archive (.npz)", ""};
    return {"a zip archive", kUnpack};
}

std::optional<LooksLike> text_kind(std::string_view start) {
    std::string_view text = start;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text[0]))) text.remove_prefix(1);
    for (const std::string_view tag : {"<!doctype html"sv, "<html"sv, "<head"sv, "<body"sv})
        if (begins_with(text, tag))
            return LooksLike{
                "an HTML page",
                "the download went wrong (a page about the file, or one that asks to log in); download "
                "the file itself"};
    if (text.starts_with("<?xml") || text.starts_with("<Error>"))
        return LooksLike{"an XML text",
                         "the download went wrong (a server's answer); download the file itself"};
    if (text.starts_with('{') || text.starts_with('['))
        return LooksLike{text.find("weight_map") != text.npos
                             ? "a JSON text (the index of weights in several files)"
                             : "a JSON text",
                         ""};
    const bool plain = !start.empty() && std::ranges::all_of(start, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t';
    });
    if (!plain || start.size() < 4 || !is_utf8(start.substr(0, start.size() - 3))) return std::nullopt;
    return LooksLike{fmt::format("a text that begins with {}", shown(text.substr(0, 40))), ""};
}

}  // namespace

std::optional<LooksLike> looks_like(std::string_view start, std::uint64_t file_bytes) {
    if (file_bytes == 0)
        return LooksLike{"an empty file", "a download or a copy that never began; get the file again"};
    for (const Magic& magic : kMagics)
        if (start.starts_with(magic.start)) return LooksLike{magic.what, magic.hint};
    if (start.starts_with("PK\x03\x04") || start.starts_with("PK\x05\x06")) return zip_kind(start);
    if (start.size() > 262 && start.substr(257, 5) == "ustar") {
        const bool torch = start.starts_with("pickle") || start.starts_with("sys_info");
        return LooksLike{torch ? "a PyTorch file of the oldest form (a tar archive)" : "a tar archive",
                         "unpack it first: tar xf FILE"};
    }
    if (start.size() >= 4 && start[0] == '\x80' && start[1] >= 2 && start[1] <= 5)
        return LooksLike{
            "a Python pickle",
            "if it holds tensors, in Python: safetensors.torch.save_file(...) writes them as safetensors"};
    if (start.size() >= 16 && std::ranges::all_of(start, [](char c) { return c == '\0'; }))
        return LooksLike{"a file that begins with zeros", "a download that was cut off; get the file again"};
    return text_kind(start);
}

void refuse_as(const char* room, const std::string& what, const std::string& name, std::string_view start,
               std::uint64_t file_bytes) {
    const std::optional<LooksLike> kind = looks_like(start, file_bytes);
    throw Error(fmt::format("[{}] {}: {}{}", room, name, what, kind ? ", but " + kind->what : ""),
                kind ? kind->hint : "");
}

}  // namespace mf

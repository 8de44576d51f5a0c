// SPDX-License-Identifier: MIT
// Files of torch.save as bytes, spelt by hand: what PyTorch writes, and what it would never write.
#pragma once

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "io/scratch.hpp"
#include "io/zip.hpp"

namespace mf::test::torch {

template <class T>
std::string little(T value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

// Pieces of a pickle of protocol 2.
inline std::string text(const std::string& s) {
    return "X" + little(static_cast<std::uint32_t>(s.size())) + s;
}
inline std::string global(const std::string& module, const std::string& name) {
    return "c" + module + "\n" + name + "\n";
}
inline std::string integer(std::int64_t n) {
    return n >= 0 && n < 256 ? std::string("K") + static_cast<char>(n)
                             : std::string("\x8A\x08", 2) + little(n);
}
inline std::string tuple(const std::vector<std::string>& items) {
    std::string out = "(";
    for (const std::string& item : items) out += item;
    return out + "t";
}
inline std::string integers(const std::vector<std::int64_t>& numbers) {
    std::vector<std::string> items;
    for (const std::int64_t n : numbers) items.push_back(integer(n));
    return tuple(items);
}
inline std::string dict(const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string out = "}(";
    for (const auto& [key, value] : entries) out += text(key) + value;
    return out + "u";
}
inline std::string call(const std::string& module, const std::string& name,
                        const std::vector<std::string>& arguments) {
    return global(module, name) + tuple(arguments) + "R";
}
inline std::string pickle(const std::string& body) { return "\x80\x02" + body + "."; }

inline std::string storage(const std::string& type, const std::string& key, std::int64_t count,
                           const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {text("storage"), global("torch", type), text(key), text("cpu"),
                                      integer(count)};
    words.insert(words.end(), more.begin(), more.end());
    return tuple(words) + "Q";
}
inline std::string tensor(const std::string& storage, std::int64_t offset,
                          const std::vector<std::int64_t>& dims, const std::vector<std::int64_t>& strides) {
    return call("torch._utils", "_rebuild_tensor_v2",
                {storage, integer(offset), integers(dims), integers(strides), "\x89",
                 global("collections", "OrderedDict") + ")R"});
}

/// 0, 1, 2, ... as floats.
inline std::string floats(int n, bool big = false) {
    std::string out;
    for (int i = 0; i < n; ++i) {
        std::string one = little(static_cast<float>(i));
        if (big) one.assign(one.rbegin(), one.rend());
        out += one;
    }
    return out;
}

/// An archive with these entries in the folder "archive".
inline std::string archive(const std::map<std::string, std::string>& entries) {
    const Scratch scratch;
    write_file_atomically(scratch / "a", [&](FileWriter& out) {
        ZipWriter zip(out);
        for (const auto& [name, content] : entries) zip.add("archive/" + name, {content});
        zip.finish();
    });
    return slurp(scratch / "a");
}
inline std::string archive(const std::string& body, const std::map<std::string, std::string>& storages) {
    std::map<std::string, std::string> entries = {{"data.pkl", pickle(body)}, {"version", "3\n"}};
    for (const auto& [key, bytes] : storages) entries["data/" + key] = bytes;
    return archive(entries);
}

/// The older form; storages of floats.
inline std::string legacy(const std::string& body, const std::map<std::string, std::string>& storages) {
    using namespace std::string_literals;
    std::string out = "\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19."s + "\x80\x02M\xE9\x03."s;
    out += pickle(dict({{"protocol_version", integer(1001)}, {"little_endian", "\x88"}}));
    out += pickle(body);
    std::string keys = "](", numbers;
    for (const auto& [key, bytes] : storages) {
        keys += text(key);
        numbers += little(static_cast<std::int64_t>(bytes.size() / 4)) + bytes;
    }
    return out + pickle(keys + "e") + numbers;
}

}  // namespace mf::test::torch

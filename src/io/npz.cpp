// SPDX-License-Identifier: MIT
#include "io/npz.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "io/file.hpp"
#include "io/npy.hpp"
#include "io/shown.hpp"
#include "io/zip.hpp"

namespace mf {

std::map<std::string, Tensor> read_npz(const std::filesystem::path& path) {
    const InputFile file(path);
    std::map<std::string, Tensor> out;
    for (const ZipEntry& entry : read_zip_directory(file)) {
        const std::string where = fmt::format("{}: entry {}", file.name(), shown(entry.name));
        check(entry.name.ends_with(".npy"), "[npz] {} is not an array (its name does not end in .npy)",
              where);
        const auto source = open_zip_entry(file, entry);
        out.emplace(entry.name.substr(0, entry.name.size() - 4), read_npy_from(*source, where));
    }
    return out;
}

void write_npz(const std::filesystem::path& path, const std::map<std::string, Tensor>& tensors) {
    std::map<std::string, std::string> headers;
    std::map<std::string, std::uint64_t> sizes;
    for (const auto& [name, tensor] : tensors) {
        headers[name] = npy_header(tensor, fmt::format("{}: entry {}", path.string(), shown(name)));
        sizes[name + ".npy"] = headers[name].size() + tensor.bytes();
    }
    const std::uint64_t bytes = zip_bytes(sizes);
    if (bytes >= 0xFFFFFFFF)
        throw Error(
            fmt::format("[npz] {}: the arrays take {} bytes, expected less than 4 GiB", path.string(), bytes),
            "write a .safetensors file instead");
    const auto write = [&](FileWriter& out) {
        ZipWriter zip(out);
        for (const auto& [name, tensor] : tensors)
            zip.add(name + ".npy", {headers[name], {static_cast<const char*>(tensor.raw()), tensor.bytes()}});
        zip.finish();
    };
    write_file_atomically(path, write, bytes);
}

}  // namespace mf

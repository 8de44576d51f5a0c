// SPDX-License-Identifier: MIT
#include "io/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>
#include <vector>

#include "io/checksum.hpp"
#include "io/looks_like.hpp"
#include "io/safetensors_header.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

static_assert(std::endian::native == std::endian::little, "the formats of this room are little endian");

SafetensorsHeader read_header(const InputFile& file) {
    std::string start(std::min<std::uint64_t>(file.size(), kTellingBytes), '\0');
    file.read(0, start.data(), start.size());
    std::string text(safetensors_header_length(start, file.size(), file.name()), '\0');
    file.read(8, text.data(), text.size());
    return parse_safetensors_header(text, file.size(), file.name());
}

/// Names in the order in which their numbers stand in a file that we write.
std::vector<std::string> data_order(const std::map<std::string, Tensor>& tensors) {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : tensors) names.push_back(name);
    std::ranges::stable_sort(names, std::ranges::greater{},
                             [&](const std::string& name) { return size_of(tensors.at(name).dtype()); });
    return names;
}

}  // namespace

std::string checksum_of(const TensorFile& file) {
    std::uint32_t sum = 0;
    for (const auto& [name, tensor] : file.tensors) {
        sum = crc32c(name, sum);
        sum = crc32c({static_cast<const char*>(tensor.raw()), tensor.bytes()}, sum);
    }
    return fmt::format("crc32c:{:08x}", sum);
}

const Tensor& TensorFile::at(const std::string& name, const std::string& place) const {
    const auto found = tensors.find(name);
    if (found != tensors.end()) return found->second;
    const auto other = foreign.find(name);
    check(other == foreign.end(), "{}: tensor {} has type {} and shape {}, which are not computed with here",
          place, shown(name), other == foreign.end() ? "" : other->second.type,
          other == foreign.end() ? "" : other->second.shape);
    throw Error(fmt::format("{}: has no tensor {}", place, shown(name)));
}

SafetensorsHeader read_safetensors_header(const std::filesystem::path& path) {
    return read_header(InputFile(path));
}

TensorFile read_safetensors(const std::filesystem::path& path) {
    const InputFile file(path);
    SafetensorsHeader header = read_header(file);
    TensorFile out;
    out.metadata = std::move(header.metadata);
    out.foreign = std::move(header.foreign);
    for (const auto& [name, entry] : header.tensors) {
        Tensor tensor(entry.shape, entry.dtype);
        file.read(entry.offset, tensor.raw(), entry.bytes);
        out.tensors.emplace(name, std::move(tensor));
    }
    return out;
}

void write_safetensors(const std::filesystem::path& path, const TensorFile& file) {
    SafetensorsHeader header;
    header.metadata = file.metadata;
    const std::vector<std::string> order = data_order(file.tensors);
    std::uint64_t end = 0;
    for (const std::string& name : order) {
        const Tensor& tensor = file.tensors.at(name);
        check(name != "__metadata__", "[safetensors] {}: a tensor cannot be named __metadata__",
              path.string());
        check(!tensor.empty(), "[safetensors] {}: tensor {} has no memory", path.string(), shown(name));
        header.tensors[name] = {tensor.dtype(), tensor.shape(), end, tensor.bytes()};
        end += tensor.bytes();
    }
    const std::string text = safetensors_header_text(header, path.string());
    const auto write = [&](FileWriter& out) {
        out.write(text);
        for (const std::string& name : order)
            out.write(file.tensors.at(name).raw(), file.tensors.at(name).bytes());
    };
    write_file_atomically(path, write, text.size() + end);
}

MappedSafetensors::MappedSafetensors(const std::filesystem::path& path) : mapping_(path) {
    const auto bytes = mapping_.bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::uint64_t length =
        safetensors_header_length(text.substr(0, kTellingBytes), text.size(), mapping_.name());
    SafetensorsHeader header = parse_safetensors_header(text.substr(8, length), text.size(), mapping_.name());
    file_.metadata = std::move(header.metadata);
    file_.foreign = std::move(header.foreign);
    for (const auto& [name, entry] : header.tensors) {
        const std::byte* data = bytes.data() + entry.offset;
        if (reinterpret_cast<std::uintptr_t>(data) % size_of(entry.dtype) == 0) {
            file_.tensors.emplace(name,
                                  Tensor::view_of(const_cast<std::byte*>(data), entry.shape, entry.dtype));
        } else {
            Tensor copy(entry.shape, entry.dtype);
            std::memcpy(copy.raw(), data, entry.bytes);
            file_.tensors.emplace(name, std::move(copy));
        }
    }
}

}  // namespace mf

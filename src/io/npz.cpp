// SPDX-License-Identifier: MIT
#include "io/npz.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "io/file.hpp"
#include "io/shown.hpp"
#include "io/tensor_bytes.hpp"

namespace mf {
namespace {

constexpr std::string_view kNpyEnding = ".npy";
constexpr std::size_t kMostListed = 12;

std::string array_name(const ZipEntry& entry) {
    return entry.name.substr(0, entry.name.size() - kNpyEnding.size());
}

std::string place_of(const InputFile& file, const std::string& entry) {
    return fmt::format("{}: entry {}", file.name(), shown(entry));
}

}  // namespace

ArrayFile::ArrayFile(const std::filesystem::path& path) : file_(std::make_unique<InputFile>(path)) {
    std::array<char, 6> start{};
    if (file_->size() >= start.size()) file_->read(0, start.data(), start.size());
    single_ = std::string_view(start.data(), start.size()) == "\x93NUMPY";
    if (single_) return;
    for (ZipEntry& entry : read_zip_directory(*file_))
        if (entry.name.ends_with(kNpyEnding)) entries_.push_back(std::move(entry));
}

std::vector<std::string> ArrayFile::names() const {
    if (single_) return {""};
    std::vector<std::string> out;
    for (const ZipEntry& entry : entries_) out.push_back(array_name(entry));
    return out;
}

bool ArrayFile::has(const std::string& name) const {
    return single_ ||
           std::ranges::any_of(entries_, [&](const ZipEntry& entry) { return array_name(entry) == name; });
}

NpyReader ArrayFile::open(const std::string& name) const {
    if (single_) return {std::make_unique<FileSource>(*file_, 0, file_->size()), file_->name()};
    for (const ZipEntry& entry : entries_)
        if (array_name(entry) == name) return {open_zip_entry(*file_, entry), place_of(*file_, entry.name)};
    throw Error(fmt::format("{}: has no array {}", file_->name(), shown(name)), listing());
}

std::string ArrayFile::listing() const {
    std::vector<std::string> words;
    for (const std::string& name : names()) {
        if (words.size() == kMostListed) {
            words.push_back(fmt::format("and {} more", names().size() - kMostListed));
            break;
        }
        try {
            words.push_back(
                fmt::format("{}{}{}", one_line(name), name.empty() ? "" : " ", open(name).about().text()));
        } catch (const Error&) {
            words.push_back(one_line(name) + " (unreadable)");
        }
    }
    return words.empty() ? "it has no arrays" : fmt::format("it has {}", fmt::join(words, ", "));
}

std::map<std::string, Tensor> read_npz(const std::filesystem::path& path) {
    const InputFile file(path);
    std::map<std::string, Tensor> out;
    for (const ZipEntry& entry : read_zip_directory(file)) {
        const std::string where = place_of(file, entry.name);
        if (!entry.name.ends_with(kNpyEnding)) continue;
        NpyReader reader(open_zip_entry(file, entry), where);
        if (reader.holds_numbers()) out.emplace(array_name(entry), reader.read());
    }
    return out;
}

void write_npz(const std::filesystem::path& path, const std::map<std::string, Tensor>& tensors) {
    std::map<std::string, std::uint64_t> sizes;
    for (const auto& [name, tensor] : tensors)
        sizes[name + ".npy"] =
            npy_header(tensor, fmt::format("{}: entry {}", path.string(), shown(name))).size() +
            tensor.bytes();
    const auto write = [&](FileWriter& out) {
        NpzWriter npz(out);
        for (const auto& [name, tensor] : tensors) npz.add(name, tensor);
        npz.finish();
    };
    write_file_atomically(path, write, zip_bytes(sizes));
}

void NpzWriter::add(const std::string& name, const Tensor& tensor) {
    zip_.add(name + ".npy",
             {npy_header(tensor, shown(name)), {static_cast<const char*>(tensor.raw()), tensor.bytes()}});
}

void NpzWriter::add(const std::string& name, const std::vector<std::string>& texts) {
    zip_.add(name + ".npy", {npy_of_texts(texts)});
}

void NpzWriter::begin(const std::string& name, DType dtype, const Shape& shape) {
    const std::string header = npy_header_text(npy_type(dtype, shown(name)), {shape.begin(), shape.end()});
    const auto bytes = tensor_bytes(shape, dtype);
    check(bytes.has_value(), "[npz] array {}: the shape {} is too large", shown(name), shape.text());
    zip_.begin(name + ".npy", header.size() + *bytes);
    zip_.write(header);
}

void NpzWriter::write(const void* numbers, std::size_t bytes) {
    zip_.write({static_cast<const char*>(numbers), bytes});
}

}  // namespace mf

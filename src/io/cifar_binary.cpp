// SPDX-License-Identifier: MIT
#include "io/cifar_binary.hpp"

#include <array>

#include "core/error.hpp"
#include "io/file.hpp"

namespace mf {
namespace {

constexpr std::size_t kPlane = kCifarSide * kCifarSide;

std::int32_t checked_label(std::uint8_t label, int classes, const char* what, const InputFile& file,
                           std::uint64_t record, std::uint64_t offset) {
    check(label < classes, "[cifar] {}: record {} (byte {}): {} {}, expected 0 to {}", file.name(), record,
          offset, what, label, classes - 1);
    return label;
}

}  // namespace

std::optional<CifarLayout> cifar_layout(std::uint64_t file_bytes) {
    const auto fits = [&](CifarLayout layout) {
        return file_bytes > 0 && file_bytes % static_cast<std::uint64_t>(cifar_record_bytes(layout)) == 0;
    };
    if (fits(CifarLayout::ten) == fits(CifarLayout::hundred)) return std::nullopt;
    return fits(CifarLayout::ten) ? CifarLayout::ten : CifarLayout::hundred;
}

void append_cifar(CifarBatch& batch, const std::filesystem::path& path, CifarLayout layout) {
    const InputFile file(path);
    const auto record = static_cast<std::uint64_t>(cifar_record_bytes(layout));
    const std::uint64_t count = file.size() / record, more = file.size() % record;
    check(count > 0 && more == 0,
          "[cifar] {}: {} whole records of {} bytes and {} bytes more, expected records alone (truncated?)",
          file.name(), count, record, more);
    std::size_t at = batch.pixels.size();
    batch.pixels.resize(at + count * kCifarPixelBytes);
    std::array<std::uint8_t, cifar_record_bytes(CifarLayout::hundred)> bytes{};
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t offset = i * record;
        file.read(offset, bytes.data(), record);
        const std::uint8_t* label = bytes.data();
        if (layout == CifarLayout::hundred) {
            batch.coarse.push_back(checked_label(*label++, 20, "the coarse label", file, i, offset));
            batch.labels.push_back(checked_label(*label++, 100, "the label", file, i, offset + 1));
        } else {
            batch.labels.push_back(checked_label(*label++, 10, "the label", file, i, offset));
        }
        for (std::size_t p = 0; p < kPlane; ++p)
            for (std::size_t c = 0; c < 3; ++c) batch.pixels[at++] = label[c * kPlane + p];
    }
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "io/picture_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/error.hpp"
#include "io/file.hpp"
#include "io/jpeg.hpp"
#include "io/png.hpp"

namespace mf {
namespace {

constexpr std::uint64_t kMostFileBytes = std::uint64_t{1} << 30;

}  // namespace

PictureKind picture_kind(std::string_view first_bytes) {
    if (first_bytes.starts_with("\x89PNG\r\n\x1A\n")) return PictureKind::png;
    if (first_bytes.starts_with("\xFF\xD8\xFF")) return PictureKind::jpeg;
    return PictureKind::none;
}

bool looks_like_picture(const std::filesystem::path& path) {
    std::string ending = path.extension().string();
    std::ranges::transform(ending, ending.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (ending == ".png" || ending == ".jpg" || ending == ".jpeg") return true;
    try {
        const InputFile file(path);
        std::array<char, 8> start{};
        const std::size_t bytes = std::min<std::uint64_t>(file.size(), start.size());
        file.read(0, start.data(), bytes);
        return picture_kind({start.data(), bytes}) != PictureKind::none;
    } catch (const Error&) {
        return false;
    }
}

Picture read_picture(const std::filesystem::path& path) {
    const std::string bytes = read_file(path, kMostFileBytes);
    switch (picture_kind(bytes)) {
        case PictureKind::png:
            return decode_png(bytes, path.string());
        case PictureKind::jpeg:
            return decode_jpeg(bytes, path.string());
        case PictureKind::none:
            break;
    }
    throw Error(fmt::format("[picture] {}: is neither a PNG nor a JPEG file, or it is truncated ({} bytes)",
                            path.string(), bytes.size()));
}

}  // namespace mf

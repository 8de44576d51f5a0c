// SPDX-License-Identifier: MIT
#include "io/picture_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/error.hpp"
#include "io/file.hpp"
#include "io/jpeg.hpp"
#include "io/png.hpp"
#include "io/webp.hpp"

namespace mf {
namespace {

constexpr std::uint64_t kMostFileBytes = std::uint64_t{1} << 30;

/// The first bytes of a file; none where it cannot be read.
std::string start_of(const std::filesystem::path& path) {
    try {
        const InputFile file(path);
        std::string start(std::min<std::uint64_t>(file.size(), kPictureSignBytes), '\0');
        file.read(0, start.data(), start.size());
        return start;
    } catch (const Error&) {
        return {};
    }
}

bool is_ours(PictureKind kind) { return kind != PictureKind::none && kind != PictureKind::other; }

[[noreturn]] void refuse(std::string_view bytes, const std::string& name) {
    const std::string_view kind = likely_kind(bytes.substr(0, kPictureSignBytes));
    if (picture_kind(bytes.substr(0, kPictureSignBytes)) == PictureKind::other)
        throw Error(fmt::format("[picture] {}: is {}, expected PNG, JPEG or WebP", name, kind),
                    "convert it first, with ImageMagick for example: mogrify -format png FILES");
    if (!kind.empty())
        throw Error(fmt::format("[picture] {}: is {}, expected a PNG, JPEG or WebP picture", name, kind));
    throw Error(fmt::format(
        "[picture] {}: is neither a PNG nor a JPEG nor a WebP file, or it is truncated ({} bytes)", name,
        bytes.size()));
}

std::unique_ptr<PictureRows> open_picture(std::string_view bytes, const std::string& name,
                                          const PictureWish& wish) {
    switch (picture_kind(bytes.substr(0, kPictureSignBytes))) {
        case PictureKind::png:
            return open_png(bytes, name, wish);
        case PictureKind::jpeg:
            return open_jpeg(bytes, name, wish);
        case PictureKind::webp:
            return open_webp(bytes, name, wish);
        case PictureKind::none:
        case PictureKind::other:
            break;
    }
    refuse(bytes, name);
}

}  // namespace

bool looks_like_picture(const std::filesystem::path& path) {
    std::string ending = path.extension().string();
    std::ranges::transform(ending, ending.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".webp") return true;
    return is_ours(picture_kind(start_of(path)));
}

std::string_view foreign_picture(const std::filesystem::path& path) {
    const std::string start = start_of(path);
    return picture_kind(start) == PictureKind::other ? likely_kind(start) : std::string_view();
}

void read_rows(const std::filesystem::path& path, const PictureWish& wish,
               const std::function<void(PictureRows&)>& use) {
    const std::string bytes = read_file(path, kMostFileBytes);
    use(*open_picture(bytes, path.string(), wish));
}

Picture read_picture(const std::filesystem::path& path, const PictureWish& wish) {
    Picture out;
    read_rows(path, wish, [&](PictureRows& rows) { out = whole_picture(rows); });
    return out;
}

}  // namespace mf

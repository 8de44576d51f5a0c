// SPDX-License-Identifier: MIT
#include "data/image_form.hpp"

#include <filesystem>

#include "core/error.hpp"

namespace mf {

OptionTable image_options(int channels, bool flip) {
    return {
        {"data.size", OptionKind::integer, "0",
         "side in pixels after a centre crop and an area-averaging resize; 0: as stored", 0, 4096},
        {.key = "data.channels",
         .kind = OptionKind::text,
         .initial = std::to_string(channels),
         .help = "1: gray, 3: red, green, blue; pictures are converted",
         .choices = {"1", "3"}},
        {"data.flip", OptionKind::flag, flip ? "true" : "false",
         "mirror every other picture, by chance, left to right"},
        {"data.classes", OptionKind::text, "",
         "classes to keep, by name or number, separated by commas, in the order of their new labels; none "
         "given: all"},
        {"data.memory_mib", OptionKind::integer, "8192", "most memory the pictures may take, in MiB", 1},
    };
}

ImageForm image_form(const Settings& settings, const DataPlan& plan) {
    return {static_cast<int>(settings.integer("data.size")),
            settings.text("data.channels") == "1" ? 1 : 3,
            settings.flag("data.flip"),
            settings.text("data.classes"),
            settings.integer("data.memory_mib"),
            plan.class_order};
}

std::string data_path(const Settings& settings, const std::string& name, const std::string& what) {
    const std::string& path = settings.text("data.path");
    if (path.empty())
        throw UsageError(fmt::format("data.name={} wants data.path", name), "data.path: " + what);
    check(std::filesystem::exists(path), "[{}] {}: there is no such file or folder (data.path)", name, path);
    return path;
}

Extent extent_in(const ImageForm& form, Extent stored) {
    return form.size > 0 ? Extent{form.size, form.size} : stored;
}

void write_formed(std::uint8_t* out, const PictureView& in, const ImageForm& form) {
    const auto [height, width] = extent_in(form, {in.height, in.width});
    const std::int64_t pixels = std::int64_t{height} * width;
    if (Extent{height, width} == Extent{in.height, in.width})
        return convert_channels(out, form.channels, in.pixels, in.channels, pixels);
    std::vector<std::uint8_t> resized(static_cast<std::size_t>(pixels * in.channels));
    crop_and_resize(resized.data(), in, form.size);
    convert_channels(out, form.channels, resized.data(), in.channels, pixels);
}

void check_memory(const std::string& place, std::int64_t count, Extent extent, const ImageForm& form) {
    const double each = static_cast<double>(extent.height) * extent.width * form.channels;
    const double mib = static_cast<double>(count) * each / (1 << 20);
    if (mib > static_cast<double>(form.memory_mib))
        throw Error(
            fmt::format("[{}] {} pictures of {} x {} x {} take {:.0f} MiB of memory, expected at most {} "
                        "(data.memory_mib)",
                        place, count, extent.height, extent.width, form.channels, mib, form.memory_mib),
            fmt::format("a smaller data.size, fewer data.classes, or data.memory_mib={:.0f} where the "
                        "machine has as much",
                        mib + 1));
}

}  // namespace mf

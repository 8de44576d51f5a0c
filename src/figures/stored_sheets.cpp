// SPDX-License-Identifier: MIT
#include "figures/stored_sheets.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/error.hpp"
#include "figures/picture_sheet.hpp"
#include "io/png.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

/// The step in "step_0001000.png".
std::optional<std::int64_t> step_of_sheet(const fs::path& path) {
    const std::string name = path.stem().string();
    if (path.extension() != ".png" || !name.starts_with("step_")) return std::nullopt;
    std::int64_t step = 0;
    const auto [end, error] = std::from_chars(name.data() + 5, name.data() + name.size(), step);
    if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
    return step;
}

}  // namespace

StoredSheets stored_sheets(const fs::path& run, const SampleKind& sample) {
    StoredSheets out;
    out.image = sample.shape;
    out.zoom = usual_zoom(sample.shape);
    out.padding = 2 * out.zoom;
    const std::int64_t pitch = sample.shape[1] * out.zoom + out.padding;
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(run / "samples", code)) {
        const auto step = step_of_sheet(entry.path());
        if (!step) continue;
        const Picture sheet = read_png(entry.path());
        const std::int64_t columns = (sheet.width - out.padding) / pitch;
        const bool fits = columns * pitch + out.padding == sheet.width && columns > 0 &&
                          sheet.height >= sample.shape[0] * out.zoom + 2 * out.padding &&
                          sheet.channels == sample.shape[2];
        // A sheet of another layout was drawn by something else.
        if (!fits || (out.columns > 0 && columns != out.columns)) continue;
        out.columns = columns;
        out.files[*step] = entry.path();
    }
    return out;
}

std::vector<std::int64_t> common_sheets(const std::vector<StoredSheets>& runs, std::size_t most) {
    std::vector<std::int64_t> common;
    for (const auto& file : runs.at(0).files)
        if (std::ranges::all_of(runs, [&](const StoredSheets& run) {
                return run.files.contains(file.first) && run.columns == runs[0].columns;
            }))
            common.push_back(file.first);
    if (common.size() <= most) return common;
    std::vector<std::int64_t> out;
    for (std::size_t i = 1; i <= most; ++i) out.push_back(common[i * common.size() / most - 1]);
    return out;
}

std::vector<std::uint8_t> first_row(const StoredSheets& sheets, std::int64_t step, std::int64_t count) {
    const Picture sheet = read_png(sheets.files.at(step));
    const std::int64_t height = sheets.image[0], width = sheets.image[1], channels = sheets.image[2];
    std::vector<std::uint8_t> out;
    for (std::int64_t i = 0; i < count; ++i)
        for (std::int64_t y = 0; y < height; ++y)
            for (std::int64_t x = 0; x < width; ++x) {
                const std::int64_t column =
                    sheets.padding + i * (width * sheets.zoom + sheets.padding) + x * sheets.zoom;
                const std::int64_t row = sheets.padding + y * sheets.zoom;
                const auto from = sheet.pixels.begin() + (row * sheet.width + column) * channels;
                out.insert(out.end(), from, from + channels);
            }
    return out;
}

}  // namespace mf

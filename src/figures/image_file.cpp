// SPDX-License-Identifier: MIT
#include "figures/image_file.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "figures/picture_sheet.hpp"
#include "generate/conditions.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

/// A class name that is safe in a file name.
std::string plain(std::string name) {
    for (char& letter : name)
        if (std::string_view("/\\ :*?\"<>|").find(letter) != std::string_view::npos ||
            static_cast<unsigned char>(letter) < 32)
            letter = '_';
    return name;
}

void write_folder(const fs::path& folder, std::span<const float> values, const LoadedModel& model,
                  const std::vector<std::int32_t>& labels, const ImageRequest& request) {
    std::error_code error;
    fs::create_directories(folder, error);
    check(!error, "{}: cannot be made a folder ({})", folder.string(), error.message());
    const Shape& shape = model.sample.shape;
    const auto each = static_cast<std::size_t>(shape.count());
    for (std::size_t i = 0; i < values.size() / each; ++i) {
        Picture picture{
            static_cast<int>(shape[1]), static_cast<int>(shape[0]), static_cast<int>(shape[2]), {}};
        for (const float value : values.subspan(i * each, each))
            picture.pixels.push_back(byte_of_value(value));
        PictureText text = request.text;
        std::string name = fmt::format("{:06}", i);
        if (!labels.empty()) {
            text["meanflow.label"] = label_name(model, labels[i]);
            name = fmt::format("{}_{}", name, plain(label_name(model, labels[i])));
        }
        write_png(folder / (name + ".png"), picture, text);
    }
}

}  // namespace

void write_images(const fs::path& path, std::span<const float> values, const LoadedModel& model,
                  const std::string& words, std::uint64_t seed, const ImageRequest& request) {
    const std::int64_t count = static_cast<std::int64_t>(values.size()) / model.sample.shape.count();
    const std::vector<std::int32_t> labels = labels_of(model, words, seed, count);
    check_usage(model.sample.shape[2] == 1 || model.sample.shape[2] == 3,
                "samples of {} channels are no pictures; write them to .npz", model.sample.shape[2]);
    if (path.extension() != ".png") return write_folder(path, values, model, labels, request);
    std::int64_t columns = request.columns;
    if (columns == 0 && is_balanced(model, words) && model.sample.classes > 1 && model.sample.classes <= 32)
        columns = model.sample.classes;
    if (path.has_parent_path()) fs::create_directories(path.parent_path());
    write_png(path, sheet_of(values, model.sample.shape, columns, request.zoom), request.text);
}

}  // namespace mf

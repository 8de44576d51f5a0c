// SPDX-License-Identifier: MIT
#include "judge/picture_folder.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/error.hpp"
#include "data/images.hpp"
#include "data/picture_tree.hpp"
#include "io/picture_file.hpp"
#include "io/png.hpp"
#include "train/run_folder.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

/// The class that a picture of `sample` was asked to be: its text says so, or its name, 000012_cat.png. "" for others.
std::string label_text(const fs::path& path) {
    const std::string name = path.stem().string();
    const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
    if (path.extension() == ".png") {
        try {
            const PictureText text = read_png_text(path);
            if (const auto found = text.find("meanflow.label"); found != text.end()) return found->second;
        } catch (const Error&) {
            return "";  // the picture itself is read next, and says what is wrong
        }
    }
    return digits >= 6 && digits < name.size() && name[digits] == '_' ? name.substr(digits + 1) : "";
}

/// Labels of pictures that lie side by side; empty unless every one has one.
void label_by_names(const std::vector<PictureTree::File>& files, GeneratedImages& out) {
    std::map<std::string, std::int32_t> numbers;
    for (const PictureTree::File& file : files) {
        const std::string text = label_text(file.path);
        if (text.empty() || text == "none") {
            out.labels.clear();
            return;
        }
        const auto [at, is_new] = numbers.emplace(text, static_cast<std::int32_t>(numbers.size()));
        out.labels.push_back(at->second);
    }
    out.class_names.resize(numbers.size());
    for (const auto& [text, number] : numbers) out.class_names[static_cast<std::size_t>(number)] = text;
}

/// Appends one picture with `channels` of them: gray is repeated, and of colours that are gray one is taken.
void append_picture(const Picture& picture, int channels, std::vector<float>& out) {
    const auto step = static_cast<std::size_t>(picture.channels);
    for (std::size_t i = 0; i < picture.pixels.size(); i += step)
        for (int c = 0; c < channels; ++c)
            out.push_back(value_of_byte(
                picture.pixels[i + static_cast<std::size_t>(std::min(c, picture.channels - 1))]));
}

bool is_gray(const Picture& picture) {
    if (picture.channels == 1) return true;
    for (std::size_t i = 0; i + 2 < picture.pixels.size(); i += 3)
        if (picture.pixels[i] != picture.pixels[i + 1] || picture.pixels[i] != picture.pixels[i + 2])
            return false;
    return true;
}

}  // namespace

bool is_picture_folder(const fs::path& path) {
    std::error_code code;
    if (!fs::is_directory(path, code) || is_run(path) || fs::is_directory(path / "checkpoints", code))
        return false;
    const fs::recursive_directory_iterator all(path, fs::directory_options::skip_permission_denied, code);
    return !code && std::any_of(begin(all), end(all), [](const fs::directory_entry& entry) {
        return entry.is_regular_file() && looks_like_picture(entry.path());
    });
}

GeneratedImages read_picture_folder(const fs::path& folder, std::int64_t most) {
    PictureTree tree = list_pictures(folder, {});
    GeneratedImages out;
    out.remarks = tree.remarks;
    if (const std::size_t all = tree.files.size(); most > 0 && std::ssize(tree.files) > most) {
        tree.files.resize(static_cast<std::size_t>(most));
        out.remarks.push_back(
            fmt::format("{}: the first {} of {} pictures (--count)", folder.string(), most, all));
    }
    if (tree.class_names.empty())
        label_by_names(tree.files, out);
    else
        out.class_names = tree.class_names;
    bool gray = true;
    for (const PictureTree::File& file : tree.files) {
        const Picture picture = read_picture(file.path);
        if (out.shape.rank() == 0) out.shape = {picture.height, picture.width, 1};
        check(picture.height == out.shape[0] && picture.width == out.shape[1],
              "{}: is {} x {} pixels, the pictures before it are {} x {}", file.path.string(), picture.width,
              picture.height, out.shape[1], out.shape[0]);
        // One channel as long as no picture has colours; from then on three.
        if (gray && !is_gray(picture)) {
            gray = false;
            std::vector<float> tripled;
            for (const float value : out.values) tripled.insert(tripled.end(), 3, value);
            out.values = std::move(tripled);
            out.shape = {out.shape[0], out.shape[1], 3};
        }
        append_picture(picture, gray ? 1 : 3, out.values);
        if (!tree.class_names.empty()) out.labels.push_back(file.label);
    }
    return out;
}

}  // namespace mf

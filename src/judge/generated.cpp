// SPDX-License-Identifier: MIT
#include "judge/generated.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "data/images.hpp"
#include "generate/sample_file.hpp"
#include "io/array_numbers.hpp"
#include "judge/image_arrays.hpp"
#include "judge/picture_folder.hpp"

namespace mf {
namespace {

constexpr std::int64_t kRowsAtOnce = 64;

/// What floats look like that were meant for another range.
void remark_on_range(GeneratedImages& images, const std::string& place) {
    if (images.values.empty() || (images.shape[2] != 1 && images.shape[2] != 3)) return;
    const auto extremes = std::ranges::minmax(images.values);
    const float low = extremes.min, high = extremes.max;
    if (!std::isfinite(low) || !std::isfinite(high)) return;  // is refused later, with its row
    const auto say = [&](const std::string& what, const std::string& hint) {
        images.remarks.push_back(
            fmt::format("{}: its floats go from {:.4g} to {:.4g}, expected [-1, 1]: {}; {}", place, low, high,
                        what, hint));
    };
    if (low >= -1 && high > 8 && high <= 256)
        say("they look like bytes, 0 to 255", "save x.astype('uint8'), which is read as such");
    else if (low >= 0 && high <= 1 && low < high)
        say("they look like 0 to 1", "save 2 * x - 1");
    else if (low < -3 || high > 3)
        say("far outside", "they are cut as a picture cuts them");
}

/// Each label of a text array as the number of its text.
void number_texts(const std::vector<std::string>& texts, GeneratedImages& out) {
    for (const std::string& text : texts) {
        const auto found = std::ranges::find(out.class_names, text);
        out.labels.push_back(static_cast<std::int32_t>(found - out.class_names.begin()));
        if (found == out.class_names.end()) out.class_names.push_back(text);
    }
}

/// The first `count` of `all` labels: numbers of classes, or names.
void read_labels(const ArrayFile& file, const std::string& name, std::int64_t all, std::int64_t count,
                 GeneratedImages& out) {
    const std::string place = fmt::format("{}: {}", file.name(), name);
    NpyReader reader = file.open(name);
    check(reader.about().dims == std::vector<std::int64_t>{all},
          "{} is {}, expected one for each of {} images", place, reader.about().text(), all);
    if (!reader.holds_numbers()) {
        std::vector<std::string> texts = reader.read_texts();
        texts.resize(static_cast<std::size_t>(count));
        return number_texts(texts, out);
    }
    for (const std::int64_t label : to_integers(reader.read_rows(count), place)) {
        check(label >= 0 && label <= 1'000'000, "{} holds {}, expected numbers of classes", place, label);
        out.labels.push_back(static_cast<std::int32_t>(label));
    }
    if (file.has("class_names")) out.class_names = file.open("class_names").read_texts();
}

GeneratedImages read_file(const std::filesystem::path& path, std::int64_t most) {
    const ArrayFile file(path);
    const std::string name = sample_array_name(file), place = path.string();
    NpyReader reader = file.open(name);
    const Shape all = reader.shape();
    GeneratedImages out;
    out.shape = image_shape(all, place);
    const std::int64_t count = most == 0 ? all[0] : std::min(most, all[0]);
    if (count < all[0])
        out.remarks.push_back(fmt::format("{}: the first {} of {} images (--count)", place, count, all[0]));
    bool floats = false;
    for (std::int64_t done = 0; done < count;) {
        const Tensor rows = reader.read_rows(std::min(kRowsAtOnce, count - done));
        if (done == 0) {
            out.values.reserve(static_cast<std::size_t>(count * out.shape.count()));
            floats = !is_of_bytes(rows);
        }
        append_values(rows, place, out.values);
        done += rows.shape()[0];
    }
    if (floats) remark_on_range(out, place);
    if (file.is_single()) return out;
    const std::string labels = file.has("labels")                     ? "labels"
                               : name == "arr_0" && file.has("arr_1") ? "arr_1"
                                                                      : "";
    if (labels.empty()) return out;
    try {
        read_labels(file, labels, all[0], count, out);
    } catch (const Error& error) {
        // Whoever wrote them may have meant something else; the images can be judged without.
        out.labels.clear();
        out.remarks.push_back(fmt::format("{}; labels are left aside", error.what()));
    }
    return out;
}

}  // namespace

std::optional<Shape> stored_shape(const std::filesystem::path& path) {
    const ArrayFile file(path);
    const NpyReader reader = file.open(sample_array_name(file));
    if (reader.about().dims.size() > Shape::most) return std::nullopt;
    return reader.shape();
}

GeneratedImages read_generated(const std::filesystem::path& path, std::int64_t most) {
    return std::filesystem::is_directory(path) ? read_picture_folder(path, most) : read_file(path, most);
}

}  // namespace mf

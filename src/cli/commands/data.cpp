// SPDX-License-Identifier: MIT
// meanflow data list, meanflow data peek: what there is to learn, and what it looks like.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/ranges.h>

#include "cli/commands/commands.hpp"
#include "cli/config_items.hpp"
#include "cli/json.hpp"
#include "cli/screen.hpp"
#include "figures/picture_sheet.hpp"
#include "figures/scenes.hpp"
#include "generate/sample_file.hpp"
#include "io/png.hpp"
#include "train/choices.hpp"
#include "train/config.hpp"
#include "train/make_model.hpp"

namespace mf::cli {
namespace {

int list(const Invocation& invocation) {
    std::vector<Json> items;
    std::string text;
    for (const Choice& choice : all_choices()) {
        if (choice.key != "data.name") continue;
        for (const ChoiceEntry& entry : choice.entries) {
            std::vector<Json> keys;
            text += fmt::format("{:<18} {}\n", entry.name, entry.help);
            for (const Option& option : entry.options) {
                keys.push_back(
                    Json::object({{"key", option.key}, {"default", option.initial}, {"help", option.help}}));
                text += fmt::format("  {:<16} {} [{}]\n", option.key, option.help, option.initial);
            }
            items.push_back(
                Json::object({{"name", entry.name}, {"help", entry.help}, {"keys", Json::array(keys)}}));
        }
    }
    fmt::print("{}", invocation.json() ? Json::object({{"data", Json::array(items)}}).text() + "\n" : text);
    return 0;
}

struct Peek {
    std::unique_ptr<Dataset> data;
    std::string name;
    std::filesystem::path out;
    std::int64_t count;  ///< 0: the default
};

bool is_picture(const Peek& peek) {
    const std::string ending = peek.out.extension().string();
    return ending == ".png" || (ending == ".svg" && peek.data->images() == nullptr);
}

/// Returns how many points there are.
std::int64_t peek_points(const Peek& peek, std::uint64_t seed) {
    const PointDataset& points = points_of(*peek.data, "data peek");
    const std::int64_t count = peek.count > 0 ? peek.count : 5000;
    const plot::Cloud cloud = fresh_points(points, count, seed);
    if (!is_picture(peek)) {
        write_samples(peek.out, {cloud, {}, {}}, peek.data->sample_shape());
        return count;
    }
    plot::Scene scene = scene_of(points);
    scene.target.clear();
    plot::draw(plot::cloud_figure(scene, cloud, peek.name),
               std::filesystem::path(peek.out).replace_extension(),
               {peek.out.extension() == ".png" ? plot::Format::png : plot::Format::svg});
    return count;
}

/// Returns how many images there are.
std::int64_t peek_images(const Peek& peek, std::uint64_t seed, int zoom) {
    const ImageDataset& images = *peek.data->images();
    const std::int64_t classes = images.classes();
    if (!is_picture(peek)) {
        const std::int64_t count = peek.count > 0 ? peek.count : 100;
        std::vector<float> values(static_cast<std::size_t>(count * images.sample_shape().count()));
        images.draw(values.data(), nullptr, Random(seed, Stream::evaluation), 0, count);
        write_samples(peek.out, {values, {}, {}}, images.sample_shape());
        return count;
    }
    // A row a class; without classes about a square.
    const std::int64_t rows =
        classes > 0 ? classes
                    : std::llround(std::sqrt(static_cast<double>(peek.count > 0 ? peek.count : 100)));
    const std::int64_t columns = peek.count > 0 ? (peek.count + rows - 1) / rows : 10;
    write_png(peek.out, sheet_by_class(images, columns, rows, seed, zoom));
    return rows * columns;
}

int peek(const Invocation& invocation) {
    std::vector<ConfigItem> items = {{"data.name", invocation.words[0], ""}};
    for (const ConfigItem& item : data_items(invocation, true)) items.push_back(item);
    Peek peek{make_dataset(resolve(items), {.threads = invocation.threads()}), invocation.words[0],
              invocation.options.text("--out"), invocation.options.integer("--count")};
    if (peek.out.empty()) peek.out = peek.name + ".png";
    if (peek.data->images() == nullptr || peek.out.extension() != ".png")
        refuse_options(invocation, {"--zoom"},
                       fmt::format("is for a sheet of images; {} is none", peek.out.string()));
    if (const Shape shape = peek.data->sample_shape();
        is_picture(peek) && peek.data->images() != nullptr && shape[2] != 1 && shape[2] != 3)
        throw UsageError(fmt::format("{}: samples of shape {} are no pictures", peek.name, shape),
                         "--out FILE.npz writes their numbers");
    for (const std::string& text : peek.data->remarks()) remark(invocation.quiet(), text);
    const ImageDataset* images = peek.data->images();
    const std::int64_t count =
        images == nullptr
            ? peek_points(peek, invocation.seed())
            : peek_images(peek, invocation.seed(), static_cast<int>(invocation.options.integer("--zoom")));
    const std::vector<std::string> classes =
        images == nullptr ? std::vector<std::string>{} : images->class_names();
    if (invocation.json())
        fmt::print("{}\n",
                   Json::object(
                       {{"file", peek.out.string()}, {"count", count}, {"classes", Json::array_of(classes)}})
                       .text());
    else if (!invocation.quiet())
        fmt::print("{}: {} {} of {}{}{}\n", peek.out.string(), count, images == nullptr ? "points" : "images",
                   peek.name, classes.empty() ? "" : ", a row each of ", fmt::join(classes, ", "));
    return 0;
}

}  // namespace

Command data_list_command() {
    Command out;
    out.name = "data list";
    out.summary = "the data sets and their keys";
    out.usage = "[--json]";
    out.example = "  meanflow data list";
    out.has_results = true;
    out.run = list;
    return out;
}

Command data_peek_command() {
    Command out;
    out.name = "data peek";
    out.summary = "samples of a data set, as a picture or as numbers";
    out.usage = "NAME [data.key=value ...] [--count 100] [--out NAME.png|x.npz]";
    out.example =
        "  meanflow data peek checkerboard data.grid=8 --out board.png\n"
        "  meanflow data peek image_folder data.path=photos data.size=32";
    out.options = {
        {"--count", OptionKind::integer, "0", "how many; 0: 5000 points, or 10 images a class", 0, 1e8},
        {"--zoom", OptionKind::integer, "0", "sheet of images: side of a pixel; 0: so that it can be seen", 0,
         64},
        {"--out", OptionKind::text, "",
         "file to write: .png, .svg, .npz, .npy or .csv; NAME.png when it is not given"},
    };
    out.has_results = true;
    out.takes_overrides = true;
    out.least_words = out.most_words = 1;
    out.run = peek;
    return out;
}

}  // namespace mf::cli

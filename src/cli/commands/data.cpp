// SPDX-License-Identifier: MIT
// meanflow data list, meanflow data peek: what there is to learn, and what it looks like.
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/figures.hpp"
#include "cli/json.hpp"
#include "cli/sample_file.hpp"
#include "cli/screen.hpp"
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

int peek(const Invocation& invocation) {
    std::vector<ConfigItem> items = {{"data.name", invocation.words[0], ""}};
    for (const std::string& word : invocation.overrides) items.push_back(parse_override(word));
    const std::unique_ptr<Dataset> data = make_dataset(resolve(items));
    const PointDataset& points = points_of(*data, "data peek");
    const plot::Cloud cloud = fresh_points(points, invocation.options.integer("--count"), invocation.seed());

    std::filesystem::path out = invocation.options.text("--out");
    if (out.empty()) out = invocation.words[0] + ".png";
    const std::string ending = out.extension().string();
    if (ending == ".png" || ending == ".svg") {
        plot::Scene scene = scene_of(points);
        scene.target.clear();
        plot::draw(plot::cloud_figure(scene, cloud, invocation.words[0]),
                   std::filesystem::path(out).replace_extension(),
                   {ending == ".png" ? plot::Format::png : plot::Format::svg});
    } else {
        write_samples(out, {cloud, {}, {}}, data->sample_shape());
    }
    if (invocation.json())
        fmt::print("{}\n", Json::object({{"file", out.string()}, {"count", cloud.size() / 2}}).text());
    else if (!invocation.quiet())
        fmt::print("{}: {} points of {}\n", out.string(), cloud.size() / 2, invocation.words[0]);
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
    out.usage = "NAME [data.key=value ...] [--count 5000] [--out NAME.png|x.npz]";
    out.example = "  meanflow data peek checkerboard data.grid=8 --out board.png";
    out.options = {
        {"--count", OptionKind::integer, "5000", "points", 1, 1e8},
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

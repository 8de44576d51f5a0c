// SPDX-License-Identifier: MIT
// meanflow sample: samples of a run or a checkpoint, as numbers or as a picture.
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/device_option.hpp"
#include "cli/json.hpp"
#include "cli/sampling_options.hpp"
#include "cli/screen.hpp"
#include "cli/vae_options.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "figures/image_file.hpp"
#include "figures/image_folder.hpp"
#include "figures/scenes.hpp"
#include "generate/conditions.hpp"
#include "generate/guidance.hpp"
#include "generate/noise_between.hpp"
#include "generate/sample_file.hpp"
#include "generate/sampling.hpp"
#include "train/build_info.hpp"
#include "train/settings_text.hpp"

namespace mf::cli {
namespace {

namespace fs = std::filesystem;

struct Drawn {
    int steps = 0;
    Samples samples;
    double seconds = 0;
    fs::path file;
};

std::int64_t count_of(const LoadedModel& loaded, const Invocation& invocation) {
    if (const std::int64_t count = invocation.options.integer("--count"); count > 0) return count;
    if (invocation.options.was_set("--between")) return 8;
    if (loaded.decoder != nullptr) {  // a picture takes seconds
        const std::int64_t listed = listed_labels(loaded, labels_in(invocation.options));
        return listed > 0 ? 4 * listed : 16;
    }
    return loaded.sample.shape.rank() != 3 ? 2000 : 8 * std::max<std::int64_t>(8, loaded.sample.classes);
}

/// What goes into a picture's metadata: enough to draw it again.
PictureText settings_text(const Invocation& invocation, const LoadedModel& loaded, int steps) {
    std::string words =
        fmt::format("meanflow sample {} --steps {} --seed {}", invocation.words[0], steps, invocation.seed());
    for (const auto& [key, value] : invocation.options.items())
        if (invocation.options.was_set(key) && key != "--steps" && key != "--seed" && key != "--out" &&
            key != "--force")
            words += fmt::format(" {} {}", key, value);
    return {{"Software", fmt::format("meanflow {}", program_version())},
            {"Description", words},
            {"meanflow.weights", fmt::format("{} of step {}", loaded.weights, loaded.step)},
            {"meanflow.settings", settings_to_json(loaded.settings)}};
}

bool is_picture(const fs::path& path) { return path.extension() == ".png" || path.extension() == ".svg"; }
bool is_folder(const fs::path& path) { return !path.has_extension() || fs::is_directory(path); }
bool is_sheet_or_folder(const fs::path& path) { return path.extension() == ".png" || is_folder(path); }

void check_pictures(const Shape& shape, const LoadedModel& loaded) {
    if (shape[2] == 1 || shape[2] == 3) return;
    throw UsageError(
        fmt::format("samples of shape {} are no pictures; write them to .npz or .npy (--out)", shape),
        loaded.decoder == nullptr ? "if they are latents, --vae FILE makes pictures of them" : "");
}

/// Images go into a sheet or a folder of PNGs, points into a plot; everything goes into arrays. Before anything is drawn.
void check_file_suits(const fs::path& out, const LoadedModel& loaded) {
    const Shape shape = loaded.shown_shape();
    if (shape.rank() == 3 && is_sheet_or_folder(out))
        check_pictures(shape, loaded);
    else if (is_picture(out))
        check_usage(loaded.data != nullptr, "samples of shape {} go into .png, .npz, .npy or a folder",
                    shape);
}

/// Options that this file has no use for. Before anything is drawn.
void check_options_act(const fs::path& out, const LoadedModel& loaded, const Invocation& invocation) {
    const bool image = loaded.sample.shape.rank() == 3;
    if (!image)
        refuse_options(invocation, {"--columns", "--zoom"}, "is for sheets of images; these are points");
    if (out.extension() != ".png")
        refuse_options(invocation, {"--columns", "--zoom"},
                       fmt::format("is for a sheet of images; {} is none", out.string()),
                       "--out sheet.png is one");
    if (!is_folder(out))
        refuse_options(
            invocation, {"--force"},
            fmt::format("is for folders of pictures; {} is a file and is replaced as a whole", out.string()));
    if (is_folder(out) || is_picture(out))
        refuse_options(invocation, {"--pixels"},
                       fmt::format("is for .npz and .npy; {} holds pixels anyway", out.string()));
    if (loaded.sample.classes == 0 && invocation.options.text("--labels") != "none")
        refuse_options(invocation, {"--labels"}, "is for networks with classes; this one has none");
    if (!invocation.options.reals("--times").empty())
        refuse_options(invocation, {"--steps"}, "and --times say the same thing twice",
                       "--times 1,0.5,0 are two steps");
    const std::int64_t record = invocation.options.integer("--record");
    if (record == 1)
        throw UsageError("--record 1: there are at least two states, noise and result", "--record 2 or more");
    const bool keeps = out.extension() == ".npz" || (!image && is_picture(out));
    if (record > 0 && !keeps)
        throw UsageError(fmt::format("--record: states on the way go into .npz{}, not into {}",
                                     image ? "" : " or a picture", out.string()),
                         "--out x.npz, or leave --record out");
}

/// Noises on the way between the two that --between names; empty without it.
std::vector<float> noise_of(const LoadedModel& loaded, const Invocation& invocation, std::int64_t count) {
    if (!invocation.options.was_set("--between")) return {};
    const std::vector<std::string> ends = invocation.options.texts("--between");
    if (ends.size() != 2)
        throw UsageError(fmt::format("--between names {} noises, expected two", ends.size()),
                         "for example --between 7,8 or --between 7:2,8:0 (sample 2 of seed 7)");
    if (invocation.options.text("--labels") != "random")
        refuse_options(invocation, {"--seed"}, "has no effect beside --between, which names two seeds");
    check_usage(count >= 2, "--between: both ends are drawn; --count {} is too few", count);
    return noise_path(noise_end(ends[0], "--between"), noise_end(ends[1], "--between"), count,
                      loaded.sample.shape.count());
}

SampleRequest whole_request(const LoadedModel& loaded, const Invocation& invocation) {
    SampleRequest request = request_of(invocation);
    request.count = count_of(loaded, invocation);
    request.noise = noise_of(loaded, invocation, request.count);
    request.record = static_cast<int>(invocation.options.integer("--record"));
    request.times = invocation.options.reals("--times");
    request.guidance = guidance_of(invocation.options);
    if (invocation.options.was_set("--count"))
        if (const std::string line =
                left_out_labels(loaded, request.guidance.labels, request.seed, request.count);
            !line.empty())
            remark(invocation.quiet(), line);
    return request;
}

/// The numbers of steps that are asked for.
std::vector<std::int64_t> steps_of(const SampleRequest& request, const Invocation& invocation) {
    std::vector<std::int64_t> counts = invocation.options.integers("--steps");
    if (!request.times.empty()) counts = {static_cast<std::int64_t>(request.times.size()) - 1};
    check_usage(!counts.empty(), "--steps is empty");
    return counts;
}

void remark_few_states(const SampleRequest& request, std::int64_t steps, bool quiet) {
    if (request.record > steps + 1)
        remark(quiet, fmt::format("--record {}: {} step{} only {} states", request.record, steps,
                                  steps == 1 ? " has" : "s have", steps + 1));
}

std::vector<Drawn> draw_all(const LoadedModel& loaded, const Invocation& invocation, Team& team) {
    SampleRequest request = whole_request(loaded, invocation);
    std::vector<Drawn> out;
    for (const std::int64_t steps : steps_of(request, invocation)) {
        request.steps = static_cast<int>(steps);
        remark_few_states(request, steps, invocation.quiet());
        Stopwatch watch;
        Samples samples = draw_samples(loaded, request, team);
        out.push_back({request.steps, std::move(samples), watch.seconds(), {}});
    }
    return out;
}

/// Files of numbers and folders of pictures are written while samples are drawn, so that memory bounds neither.
std::vector<Drawn> write_drawn(const LoadedModel& loaded, const Invocation& invocation, const fs::path& out,
                               Team& team) {
    SampleRequest request = whole_request(loaded, invocation);
    const std::vector<std::int64_t> counts = steps_of(request, invocation);
    std::vector<Drawn> all;
    for (const std::int64_t steps : counts) {
        request.steps = static_cast<int>(steps);
        remark_few_states(request, steps, invocation.quiet());
        Drawn one{request.steps, {}, 0, counts.size() == 1 ? out : with_suffix(out, std::to_string(steps))};
        if (is_folder(out)) {
            const FolderRequest how{settings_text(invocation, loaded, one.steps),
                                    invocation.options.flag("--force"),
                                    [](const std::string& line) { remark(false, line); }};
            one.seconds = write_image_folder(one.file, loaded, request, how, team);
        } else {
            one.seconds =
                write_drawn_samples(one.file, loaded, request, invocation.options.flag("--pixels"), team);
        }
        all.push_back(std::move(one));
    }
    return all;
}

/// A panel for each number of steps or, with --record, a row of states for each.
plot::Figure figure_of(const std::vector<Drawn>& all, const plot::Scene& scene) {
    std::vector<plot::Row> rows;
    if (all[0].samples.recorded.empty()) {
        std::vector<int> steps;
        rows.push_back({"", {}, {}});
        for (const Drawn& one : all) {
            rows[0].clouds.push_back(one.samples.values);
            steps.push_back(one.steps);
        }
        if (all.size() > 1) return plot::compare_figure(scene, rows, steps);
        return plot::cloud_figure(scene, all[0].samples.values, fmt::format("{} steps", all[0].steps));
    }
    for (const Drawn& one : all) {
        check_usage(one.samples.recorded.size() == all[0].samples.recorded.size(),
                    "--record: a picture of several --steps needs the same number of states in each");
        rows.push_back({fmt::format("{} steps", one.steps), one.samples.recorded, {}});
    }
    return plot::evolution_figure(scene, rows, all[0].samples.recorded_times);
}

/// Of a sheet; 0: as the sheet likes it. Of pictures a column for each label that is listed.
std::int64_t columns_of(const LoadedModel& loaded, const Invocation& invocation) {
    constexpr std::int64_t most = 16;
    const std::int64_t columns = invocation.options.integer("--columns");
    if (columns > 0 || loaded.decoder == nullptr) return columns;
    const std::int64_t listed = listed_labels(loaded, labels_in(invocation.options));
    return listed <= most ? listed : 0;
}

void write_all(std::vector<Drawn>& all, const LoadedModel& loaded, const fs::path& out,
               const Invocation& invocation) {
    if (loaded.sample.shape.rank() == 3 && out.extension() == ".png") {
        for (Drawn& one : all) {
            one.file = all.size() == 1 ? out : with_suffix(out, std::to_string(one.steps));
            ImageRequest request{.columns = columns_of(loaded, invocation),
                                 .zoom = static_cast<int>(invocation.options.integer("--zoom")),
                                 .text = settings_text(invocation, loaded, one.steps)};
            write_sheet(one.file, one.samples.values, loaded, guidance_of(invocation.options).labels,
                        request);
        }
        return;
    }
    const PointDataset& data = points_of(loaded, "a picture");
    const auto format = out.extension() == ".png" ? plot::Format::png : plot::Format::svg;
    plot::draw(figure_of(all, scene_of(data)), fs::path(out).replace_extension(), {format});
    for (Drawn& one : all) one.file = out;
}

void report(const std::vector<Drawn>& all, const LoadedModel& loaded, const Invocation& invocation) {
    const std::int64_t count = count_of(loaded, invocation);
    std::vector<Json> rows;
    for (const Drawn& one : all) {
        rows.push_back(Json::object({{"file", one.file.string()},
                                     {"steps", one.steps},
                                     {"count", count},
                                     {"weights", loaded.weights},
                                     {"trained_steps", loaded.step},
                                     {"ms", one.seconds * 1e3}}));
        if (!invocation.json() && !invocation.quiet())
            fmt::print("{}: {} samples in {} step{}, {:.1f} ms ({} weights of step {})\n", one.file.string(),
                       count, one.steps, one.steps == 1 ? "" : "s", one.seconds * 1e3, loaded.weights,
                       loaded.step);
    }
    if (invocation.json()) fmt::print("{}\n", Json::object({{"outputs", Json::array(rows)}}).text());
}

int run_sample(const Invocation& invocation) {
    Team team(invocation.threads());
    const fs::path target = invocation.words[0];
    LoadedModel loaded = open_model(target.string(), invocation, team);
    attach_vae(loaded, invocation, team);
    if (loaded.decoder != nullptr)
        remark_on_cpu_parts(invocation, "the network draws samples there; the autoencoder decodes");
    fs::path out = invocation.options.text("--out");
    if (out.empty())
        out = fs::is_directory(target) ? target / "samples" / "samples.png" : fs::path("samples.png");
    check_file_suits(out, loaded);
    for (const std::string& line : label_remarks(loaded, labels_in(invocation.options))) remark(false, line);
    check_options_act(out, loaded, invocation);
    if (is_picture(out)) {
        std::vector<Drawn> all = draw_all(loaded, invocation, team);
        write_all(all, loaded, out, invocation);
        report(all, loaded, invocation);
    } else {
        report(write_drawn(loaded, invocation, out, team), loaded, invocation);
    }
    return 0;
}

}  // namespace

Command sample_command() {
    Command out;
    out.name = "sample";
    out.takes_device = true;
    out.summary = "draw samples, as a picture or as numbers";
    out.usage =
        "RUN|MODEL.safetensors [--steps 1] [--count N] [--labels balanced|random|LIST] [--omega W] "
        "[--interval A,B] [--vae FILE] [--out grid.png|x.npz|FOLDER]";
    out.example =
        "  meanflow sample runs/imf --steps 1,2,4 --count 5000 --out samples.png\n"
        "  meanflow sample runs/imf --steps 1 --count 100000 --out samples.npz\n"
        "  meanflow sample runs/cifar10 --count 50000 --pixels --out pixels.npz\n"
        "  meanflow sample runs/cifar10 --omega 4 --interval 0.3,0.7 --labels cat,dog --out "
        "cats_and_dogs.png\n"
        "  meanflow sample runs/cifar10 --between 7,8 --count 10 --labels cat --out from_7_to_8.png\n"
        "  meanflow sample imf_b2.safetensors --vae sd_vae.safetensors --labels 207,360,387 --omega 8 "
        "--interval "
        "0.4,0.65 --out grid.png";
    out.options = {
        {"--steps", OptionKind::integers, "1", "sampler steps; several numbers give several files, or panels",
         1, 1000000},
        {"--count", OptionKind::integer, "0",
         "samples; 0: 2000 points, or 8 images of each class; with --vae 4 of each label that is listed, or "
         "16; with --between 8",
         0, 1e9},
        {"--out", OptionKind::text, "",
         "file to write: .png, .svg, .npz (samples, labels and how they were made), .npy or .csv; for images "
         "also "
         "an empty folder, a PNG each; samples.png when it is not given"},
        {"--pixels", OptionKind::flag, "false",
         "images to .npz or .npy: bytes as a picture shows them, arr_0 (and arr_1, the labels), as "
         "evaluators of images "
         "read them"},
        {"--force", OptionKind::flag, "false",
         "a folder that is not empty: goes on with a set that was cut off, replaces pictures of another that "
         "sample "
         "wrote, leaves everything else alone"},
        {"--record", OptionKind::integer, "0",
         "states on the way that are kept too, noise and result included", 0, 10000},
        {"--columns", OptionKind::integer, "0",
         "images: columns of the sheet; 0: as many as classes, or square", 0, 10000},
        {"--zoom", OptionKind::integer, "0", "images: side of a pixel in the sheet; 0: as looks good", 0, 64},
        {"--between", OptionKind::texts, "",
         "two noises, and --count samples on the way from one to the other, both included: seeds (7,8), or "
         "seeds with the number of a sample (7:2,8:0)"},
        {"--times", OptionKind::reals, "", "the times themselves, instead of equal steps: 1,0.5,0", 0, 1},
    };
    for (Option& option : guidance_options()) out.options.push_back(std::move(option));
    for (Option& option : vae_options()) out.options.push_back(std::move(option));
    for (Option& option : sampling_options()) out.options.push_back(std::move(option));
    out.has_results = true;
    out.least_words = out.most_words = 1;
    out.run = run_sample;
    return out;
}

}  // namespace mf::cli

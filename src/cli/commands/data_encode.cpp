// SPDX-License-Identifier: MIT
// meanflow data encode: pictures to a folder of latents that train reads as data.name=latents.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/config_items.hpp"
#include "cli/json.hpp"
#include "cli/sampling_options.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "data/square_pictures.hpp"
#include "generate/latent_encoder.hpp"
#include "train/config.hpp"
#include "train/progress_bar.hpp"

namespace mf::cli {
namespace {

namespace fs = std::filesystem;

constexpr double kSecondsOfLine = 30;

/// A bar on a terminal, a line now and then elsewhere.
class EncodeProgress {
  public:
    EncodeProgress(std::int64_t total, bool quiet)
        : total_(total), quiet_(quiet), bar_("encoding", total, !quiet) {}

    void show(std::int64_t done, std::int64_t here) {
        const double rate = static_cast<double>(here) / watch_.seconds();
        const std::string text = fmt::format("{} of {}, {:.2f} pictures/s, {} left", done, total_, rate,
                                             clock_text(static_cast<double>(total_ - done) / rate));
        bar_.update(done, text);
        if (quiet_ || bar_.shown() || watch_.seconds() < next_line_ || done == total_) return;
        next_line_ = watch_.seconds() + kSecondsOfLine;
        fmt::print(stderr, "{}\n", text);
    }
    void erase() { bar_.erase(); }

  private:
    std::int64_t total_;
    bool quiet_;
    ProgressBar bar_;
    Stopwatch watch_;
    double next_line_ = kSecondsOfLine;
};

/// The data set that the first word means: a path, or the name of a set whose keys follow.
Settings settings_for(const Invocation& invocation) {
    const std::string& word = invocation.words[0];
    const std::vector<std::string> names = dataset_catalogue().names();
    const bool named = std::ranges::find(names, word) != names.end() && !fs::exists(word);
    std::vector<ConfigItem> items = {{"data.name", named ? word : set_name_for(word), ""}};
    for (const ConfigItem& item : data_items(invocation, true)) {
        check_usage(named || item.key != "data.path", "{} and data.path={} name the pictures twice", word,
                    item.value);
        items.push_back(item);
    }
    if (!named) {
        check(fs::exists(word), "{}: there is no such file or folder, and no data set of this name", word);
        items.push_back({"data.path", word, ""});
    }
    return resolve(items);
}

EncodeRequest request_for(const Invocation& invocation) {
    const Settings& options = invocation.options;
    if (options.text("--vae").empty())
        throw UsageError("data encode wants --vae FILE", "the weights of an autoencoder: docs/vae.md");
    EncodeRequest out;
    out.out = invocation.words[1];
    out.vae = options.text("--vae");
    out.precision = precision_of(invocation);
    out.numbers = options.text("--numbers") == "bf16" ? DType::bf16 : DType::f32;
    out.crop = {options.text("--crop"), static_cast<int>(options.integer("--size"))};
    out.flip = options.flag("--flip");
    out.shard = options.integer("--shard");
    return out;
}

int run_data_encode(const Invocation& invocation) {
    const EncodeRequest request = request_for(invocation);
    StopSignals signals;
    Team team(invocation.threads());
    const auto pictures = square_pictures(settings_for(invocation), request.crop,
                                          invocation.options.integer("--count"), invocation.threads());
    for (const std::string& line : pictures->remarks()) remark(invocation.quiet(), line);
    EncodeProgress progress(pictures->count(), invocation.quiet());
    const EncodeHooks hooks{
        .remarks =
            [&](const std::string& line) {
                progress.erase();
                remark(false, line);
            },
        .progress = [&](std::int64_t done, std::int64_t here) { progress.show(done, here); },
        .wants_stop = [&] { return signals.pending() != 0; }};
    const EncodedSet set = encode_latents(*pictures, request, hooks, team);
    progress.erase();
    if (!set.complete) {
        remark(false, "stopped; the same command goes on with the file that was not finished");
        return 128 + signals.pending();
    }
    const std::size_t classes = pictures->class_names().size();
    const int orientations = request.flip ? 2 : 1;
    if (invocation.json())
        fmt::print("{}\n", Json::object({{"folder", request.out.string()},
                                         {"count", set.count},
                                         {"reused", set.reused},
                                         {"left_out", set.left_out},
                                         {"shape", Json::array_of(std::vector<std::int64_t>(
                                                       set.shape.begin(), set.shape.end()))},
                                         {"orientations", orientations},
                                         {"classes", classes}})
                               .text());
    else if (!invocation.quiet())
        fmt::print("{}: {} latents of shape {}, {}, {} classes{}{}\n", request.out.string(), set.count,
                   set.shape, orientations == 2 ? "both orientations" : "one orientation", classes,
                   set.left_out == 0 ? "" : fmt::format("; {} pictures were left out", set.left_out),
                   set.reused == 0 ? "" : fmt::format("; {} of the pictures were done already", set.reused));
    return 0;
}

}  // namespace

Command data_encode_command() {
    Command out;
    out.name = "data encode";
    out.summary = "pictures to latents, on which 'train data.name=latents' learns";
    out.usage = "IMAGES OUT --vae FILE [--size 256] [--crop adm|area] [--flip] [data.key=value ...]";
    out.example =
        "  meanflow data encode imagenet/train latents --vae sd_vae.safetensors --flip --precision bf16\n"
        "  meanflow data encode shapes latents --count 500 --size 32 --vae sd_vae.safetensors";
    out.options = {
        {"--vae", OptionKind::text, "", "weights of an autoencoder (.safetensors), with its encoder"},
        {"--size", OptionKind::integer, "256", "side of the square that is cut out of a picture", 8, 4096},
        {.key = "--crop",
         .kind = OptionKind::text,
         .initial = "adm",
         .help = "how it is cut: adm (halved by box, bicubic, as ADM, DiT, SiT and MeanFlow do), area (mean "
                 "over the area)",
         .choices = {"adm", "area"}},
        {"--flip", OptionKind::flag, "false", "encode the mirrored picture as well"},
        {"--count", OptionKind::integer, "0", "the first so many pictures; 0: all", 0, 1e12},
        {"--shard", OptionKind::integer, "256", "pictures of a file, which is what a kill costs at most", 1,
         65536},
        {.key = "--numbers",
         .kind = OptionKind::text,
         .initial = "f32",
         .help = "how moments are stored; bf16 halves the folder and loses the last 16 bits",
         .choices = {"f32", "bf16"}},
        {.key = "--precision",
         .kind = OptionKind::text,
         .initial = "f32",
         .help = "of the encoder's operands; bf16 is faster and moves latents by about 1 %",
         .choices = {"f32", "bf16"}},
    };
    out.has_results = true;
    out.takes_overrides = true;
    out.least_words = out.most_words = 2;
    out.run = run_data_encode;
    return out;
}

}  // namespace mf::cli

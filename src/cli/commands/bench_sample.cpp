// SPDX-License-Identifier: MIT
// meanflow bench sample: how long it takes from noise to samples, and from nothing to the first of them.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/config_items.hpp"
#include "cli/json.hpp"
#include "cli/known_peak.hpp"
#include "cli/process.hpp"
#include "cli/sampling_options.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "generate/sampling.hpp"
#include "ops/peak.hpp"
#include "train/config.hpp"
#include "train/plain_weights.hpp"

namespace mf::cli {
namespace {

struct Row {
    std::int64_t batch = 0, steps = 0, n = 0;
    double first = 0, least = 0, median = 0, gflop = 0;  ///< ms
};

/// The v head, which only training needs, is left out, as it is where weights are shipped.
Settings without_v_head(Settings settings) {
    if (settings.has("model.v_head")) settings.set("model.v_head", "false");
    if (settings.has("objective.tangent") && settings.text("objective.tangent") == "head")
        settings.set("objective.tangent", "self");
    return settings;
}

/// A configuration's network with its initial weights (their values do not change the time), or what `sample` opens.
/// `precision` is what GEMM is going to read.
LoadedModel model_of(const Invocation& invocation, Precision& precision, Team& team) {
    const std::string& target = invocation.words[0];
    const bool stored = std::filesystem::is_directory(target) || target.ends_with(".safetensors");
    if (!stored) {
        refuse_options(invocation, {"--weights", "--step", "--side"},
                       fmt::format("is for runs and files; {} is a configuration", target));
        const Settings settings = without_v_head(resolve(config_items(invocation, target)));
        precision = settings.text("precision") == "bf16" ? Precision::bf16 : Precision::f32;
        LoadedModel out = initial_model(settings, team, precision);
        if (!invocation.options.flag("--int8")) put_on_device(out, invocation.device(), precision, team);
        return out;
    }
    for (const ConfigItem& item : config_items(invocation, ""))
        if (item.place.empty() && item.key != "precision")
            throw UsageError(
                fmt::format("{}={}: what {} holds is not changed by keys", item.key, item.value, target),
                "leave it out; of keys only precision=bf16 acts here");
    const ConfigItem* word = nullptr;
    const std::vector<ConfigItem> words = overrides_of(invocation);
    if ((word = find_override(words, "precision")) != nullptr) {
        check_option_text(*std::ranges::find(invocation.options.table(), "--precision", &Option::key),
                          word->value);
        precision = word->value == "bf16" ? Precision::bf16 : Precision::f32;
    }
    ModelChoice choice = choice_of(invocation);
    if (invocation.options.flag("--int8")) choice.device = "cpu";  // until its weights have 8 bits
    choice.asked_for = choice.asked_for || word != nullptr;
    choice.precision = precision;
    LoadedModel out = mf::open_model(target, choice, team);
    for (const std::string& line : out.remarks) remark(invocation.quiet(), line);
    return out;
}

Row time_batch(const LoadedModel& loaded, const Invocation& invocation, Precision precision, Team& team,
               std::int64_t batch, std::int64_t steps) {
    SampleRequest request = request_of(invocation);
    request.precision = precision;
    request.count = batch;
    request.steps = static_cast<int>(steps);
    const double seconds = invocation.options.real("--seconds");
    const std::int64_t most = invocation.options.integer("--repeat");
    Row row{.batch = batch, .steps = steps};
    std::vector<double> ms;
    SampleMemory memory;
    Stopwatch all;
    while (static_cast<std::int64_t>(ms.size()) <= most && (ms.size() < 3 || all.seconds() < seconds)) {
        Stopwatch watch;
        draw_samples(loaded, request, team, &memory);
        ms.push_back(watch.seconds() * 1e3);
    }
    row.first = ms.front();
    ms.erase(ms.begin());
    std::ranges::sort(ms);
    row.n = static_cast<std::int64_t>(ms.size());
    row.least = ms.front(), row.median = ms[ms.size() / 2];
    row.gflop = loaded.model->flops_per_row({}) * static_cast<double>(batch * steps) * 1e-9;
    return row;
}

Json json_of(const Row& row, double peak) {
    return Json::object(
        {{"batch", row.batch},
         {"steps", row.steps},
         {"ms",
          Json::object({{"first", row.first}, {"min", row.least}, {"median", row.median}, {"n", row.n}})},
         {"gflop", row.gflop},
         {"gflops", row.gflop / row.median * 1e3},
         {"peak_share", share_of_peak(row.gflop / row.median * 1e3, peak)}});
}

int run_bench_sample(const Invocation& invocation) {
    Stopwatch watch;
    Team team(invocation.threads());
    Precision precision = precision_of(invocation);
    const bool eight = invocation.options.flag("--int8");
    LoadedModel loaded = model_of(invocation, precision, team);
    if (eight && invocation.options.was_set("--precision") && precision == Precision::f32)
        throw UsageError("--int8 and --precision f32: what is computed beside 8 bits is bf16",
                         "leave --precision out");
    if (eight) {
        make_eight_bits(loaded, team);
        put_on_device(loaded, invocation.device(), Precision::bf16, team);
    }
    if (loaded.eight_bits) precision = Precision::bf16;  // of all that has not
    const std::string precision_name = loaded.eight_bits              ? "int8"
                                       : precision == Precision::bf16 ? "bf16"
                                                                      : "f32";
    const double load_ms = watch.seconds() * 1e3;
    std::vector<Row> rows;
    for (const std::int64_t steps : invocation.options.integers("--steps"))
        for (const std::int64_t batch : invocation.options.integers("--batch"))
            rows.push_back(time_batch(loaded, invocation, precision, team, batch, steps));
    const double rss = mebibytes(peak_resident_bytes());
    const double peak = loaded.device == nullptr ? measure_gemm_peak(team, precision) : 0;
    if (invocation.json()) {
        std::vector<Json> list;
        for (const Row& row : rows) list.push_back(json_of(row, peak));
        fmt::print("{}\n", Json::object({{"load_ms", load_ms},
                                         {"parameters", loaded.model->params().count()},
                                         {"precision", precision_name},
                                         {"device", loaded.device == nullptr ? "cpu" : loaded.device->name()},
                                         {"peak_gflops", known_peak(peak)},
                                         {"rss_mib", rss},
                                         {"rows", Json::array(list)}})
                               .text());
        return 0;
    }
    fmt::print("{} parameters, ready after {:.0f} ms, {:.0f} MiB of the process; {}\n",
               loaded.model->params().count(), load_ms, rss,
               peak > 0                   ? fmt::format("{:.0f} GFLOP/s measured for GEMM ({})", peak,
                                      loaded.eight_bits ? "bf16" : precision_name)
               : loaded.device != nullptr ? "computed by " + loaded.device->name()
                                          : std::string(kNoPeak));
    for (const Row& row : rows)
        fmt::print(
            "batch {:>4}, {} step{}: {:.1f} ms at best, {:.1f} ms in the median of {} (first {:.1f}); "
            "{:.0f} GFLOP/s{}\n",
            row.batch, row.steps, row.steps == 1 ? "" : "s", row.least, row.median, row.n, row.first,
            row.gflop / row.median * 1e3,
            peak > 0 ? fmt::format(", {:.0f}%", row.gflop / row.median * 1e5 / peak) : "");
    return 0;
}

}  // namespace

Command bench_sample_command() {
    Command out;
    out.name = "bench sample";
    out.summary = "time the way from noise to samples";
    out.usage = "CONFIG|RUN|MODEL.safetensors [key=value ...] [--batch 1,16] [--steps 1] [--json]";
    out.example = "  meanflow bench sample bench/b2 --batch 1,16 --precision bf16";
    out.options = {
        {"--batch", OptionKind::integers, "1,16", "samples at a time", 1, 1'000'000},
        {"--steps", OptionKind::integers, "1", "sampler steps", 1, 1'000'000},
        {"--repeat", OptionKind::integer, "20", "batches that are timed, after a first one", 2, 1'000'000},
        {"--seconds", OptionKind::real, "10", "at most so long for each row (but three batches)", 0.01, 1e6},
    };
    out.options.push_back({"--int8", OptionKind::flag, "false",
                           "the blocks' matrices in 8 bits, as convert --dtype int8 writes them"});
    for (Option& option : sampling_options()) out.options.push_back(std::move(option));
    out.takes_device = true;
    out.has_results = true;
    out.takes_overrides = true;
    out.least_words = out.most_words = 1;
    out.run = run_bench_sample;
    return out;
}

}  // namespace mf::cli

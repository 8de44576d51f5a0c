// SPDX-License-Identifier: MIT
// meanflow demo images: a network learns real pictures, a judge says how real its own ones look. Sheets of samples
// appear while it learns.
#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "cli/commands/demo.hpp"
#include "cli/device_option.hpp"
#include "cli/json.hpp"
#include "cli/quiet_training.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "figures/demo_pictures.hpp"
#include "figures/training_hooks.hpp"
#include "generate/open_model.hpp"
#include "generate/sampling.hpp"
#include "judge/image_report.hpp"
#include "judge/judge.hpp"
#include "train/config.hpp"
#include "train/make_model.hpp"
#include "train/run_folder.hpp"

namespace mf::cli {
namespace {

namespace fs = std::filesystem;

/// One way of sampling that the table has a row for.
struct Way {
    int steps;
    double omega;
};
struct Method {
    const char* name;
    const char* words;
    std::vector<Way> ways;
};

std::vector<Method> methods_of(const Invocation& invocation) {
    std::vector<Method> out = {
        {"imf",
         "improved MeanFlow: one call of the network from noise to picture; guidance is an input",
         {{1, 1}, {1, 2}, {4, 1}}}};
    if (invocation.options.flag("--compare")) {
        out.push_back({"mf", "MeanFlow", {{1, 1}, {4, 1}}});
        out.push_back({"fm", "flow matching: needs many calls", {{1, 1}, {4, 1}, {50, 1}}});
    }
    return out;
}

/// "fashion" for images, "shapes" for shapes: a folder of configs/.
std::string room_of(const std::string& what) { return what == "images" ? "fashion" : what; }

std::int64_t judged_count(const Invocation& invocation) {
    return invocation.options.flag("--quick") ? 500 : 2000;
}

bool is_for_judge(const std::string& word) { return word.starts_with("judge."); }

Settings settings_of(const std::string& config, const Invocation& invocation) {
    std::vector<ConfigItem> items = read_config(config);
    items.push_back({"seed", std::to_string(invocation.seed()), "--seed"});
    if (invocation.options.flag("--quick")) {
        items.push_back({"train.steps", "500", "--quick"});
        items.push_back({"schedule.cooldown", "100", "--quick"});
        items.push_back({"sample.every", "100", "--quick"});
    }
    for (const std::string& word : invocation.overrides)
        if (!is_for_judge(word)) items.push_back(parse_override(word));
    return resolve(items);
}

/// The judge learns from the same data.
Settings judge_settings(const Settings& run, const Invocation& invocation) {
    std::vector<ConfigItem> items;
    for (const auto& [key, value] : run.items())
        if (key.starts_with("data.")) items.push_back({key, value, ""});
    items.push_back({"seed", std::to_string(invocation.seed()), "--seed"});
    items.push_back({"train.steps", invocation.options.flag("--quick") ? "200" : "1000", ""});
    for (const std::string& word : invocation.overrides)
        if (is_for_judge(word)) items.push_back(parse_override(word.substr(6)));
    return resolve_classifier(items);
}

/// What can be refused is refused before anything is made: keys, and data that are not there.
void check_words(const std::string& what, const Invocation& invocation) {
    for (const Method& method : methods_of(invocation))
        (void)settings_of(room_of(what) + "/" + method.name, invocation);
    const Settings settings = settings_of(room_of(what) + "/imf", invocation);
    (void)judge_settings(settings, invocation);
    if (what != "images" || fs::exists(settings.text("data.path"))) return;
    throw Error(fmt::format("demo images: Fashion-MNIST is not in {}", settings.text("data.path")),
                "Debian: apt-get install dataset-fashion-mnist; its four files elsewhere: data.path=FOLDER; "
                "no data at "
                "hand: meanflow demo shapes");
}

/// Sheets while it trains, and a line for the first of them.
HooksFor sheets(const Settings& settings, const fs::path& run, bool quiet) {
    return [&settings, run, quiet](Trainer& trainer) {
        TrainingHooks hooks;
        const Remarks said_aloud = [](const std::string& line) { remark(false, line); };
        hooks.sample = [draw = training_hooks(settings, run, trainer, said_aloud).sample, &settings, run,
                        quiet, said = false](Trainer& t) mutable {
            draw(t);
            if (!said)
                remark(quiet, fmt::format("after {} steps the first pictures are in {}, then others every {}",
                                          t.steps_done(), (run / "samples").string(),
                                          settings.integer("sample.every")));
            said = true;
        };
        return hooks;
    };
}

/// The signal that stopped it, or 0.
int train_all(const std::string& what, const fs::path& folder, const Invocation& invocation) {
    StopSignals signals;
    const bool quiet = invocation.quiet();
    for (const Method& method : methods_of(invocation)) {
        const Settings settings = settings_of(room_of(what) + "/" + method.name, invocation);
        if (train_quietly(folder / method.name, settings, fmt::format("{:<4}", method.name),
                          {invocation.threads(), invocation.device()}, quiet, signals,
                          sheets(settings, folder / method.name, quiet)) == TrainingEnd::stopped)
            return signals.pending();
    }
    const Settings settings = judge_settings(settings_of(room_of(what) + "/imf", invocation), invocation);
    if (train_judge_quietly(folder / "judge.safetensors", settings, invocation.threads(), quiet, signals) ==
        TrainingEnd::stopped)
        return signals.pending();
    return 0;
}

struct Row {
    std::string method;
    Way way;
    ImageScores scores;
};
struct Verdict {
    std::vector<Row> rows;
    ImageScores floor;
    double judge_accuracy = 0;
    std::string held;
};

Verdict evaluate(const fs::path& folder, const Invocation& invocation, Team& team) {
    const Judge judge = load_judge(folder / "judge.safetensors", team);
    Verdict out{{}, {}, judge.accuracy, judge.held};
    std::unique_ptr<ImageReference> reference;
    std::vector<std::string> remarks;
    for (const Method& method : methods_of(invocation)) {
        LoadedModel loaded = load_model(find_checkpoint(folder / method.name, -1, remarks), "ema", team);
        put_on_device(loaded, invocation.device(), Precision::f32, team);
        check_fits(judge, loaded.sample, loaded.class_names, method.name);
        if (!reference) {
            const std::unique_ptr<Dataset> data = make_dataset(loaded.settings);
            reference = std::make_unique<ImageReference>(*data->images(), judge.classifier.get(),
                                                         judged_count(invocation), team);
            out.floor = reference->floor(team);
        }
        SampleRequest request;
        request.count = reference->count();
        request.seed = invocation.seed();
        const auto labels = labels_of(loaded, std::string(kBalanced), request.seed, request.count);
        for (const Way& way : method.ways) {
            request.steps = way.steps;
            request.guidance.omega = {way.omega};
            const Samples samples = draw_samples(loaded, request, team);
            out.rows.push_back({method.name, way, reference->score(samples.values, labels, team)});
        }
    }
    return out;
}

std::string table_of(const Verdict& verdict) {
    std::vector<std::vector<std::string>> rows = {image_score_header({"method", "steps", "ω"})};
    for (const Row& row : verdict.rows)
        rows.push_back(image_score_row(
            {row.method, std::to_string(row.way.steps), fmt::format("{:g}", row.way.omega)}, row.scores));
    rows.push_back(image_score_row({"real pictures", "-", "-"}, verdict.floor));
    return text_table(rows);
}

std::string json_of(const Verdict& verdict, const fs::path& folder) {
    const auto members_of = [](std::vector<Json::Member> members, const auto& numbers) {
        for (const auto& [name, value] : numbers) members.emplace_back(name, value);
        return Json::object(members);
    };
    std::vector<Json> rows;
    for (const Row& row : verdict.rows) {
        const auto numbers = named(row.scores);
        rows.push_back(members_of(
            {{"method", row.method}, {"steps", row.way.steps}, {"omega", row.way.omega}, {"n", row.scores.n}},
            numbers));
    }
    const auto floor = named(verdict.floor);
    return Json::object(
               {{"folder", folder.string()},
                {"judge", Json::object({{"accuracy", verdict.judge_accuracy}, {"held", verdict.held}})},
                {"results", Json::array(rows)},
                {"floor", members_of({{"n", verdict.floor.n}}, floor)}})
        .text();
}

std::string words_of(const Verdict& verdict, const std::string& table, const Invocation& invocation) {
    std::string out;
    for (const Method& method : methods_of(invocation))
        out += fmt::format("- **{}**: {}\n", method.name, method.words);
    out += fmt::format(
        "\n{} samples a row against as many real pictures, by a judge that is right on {:.1f} % of {}; the "
        "last row is "
        "other real pictures in the place of samples, the best that can be. ω: guidance strength. accuracy: "
        "share that "
        "the judge takes for the class asked for; FID, KID: distances in the judge's features, not "
        "Inception's (0 is "
        "best); precision: share that lies among real pictures, recall: share of real pictures that lie "
        "among "
        "samples.\n\n```\n{}```\n",
        verdict.floor.n, 100 * verdict.judge_accuracy, verdict.held, table);
    return out;
}

}  // namespace

int demo_images(const Invocation& invocation, const std::string& what) {
    fs::path folder = invocation.options.text("--out");
    if (folder.empty()) folder = "demo-" + what + (invocation.options.flag("--quick") ? "-quick" : "");
    check_words(what, invocation);
    remark_on_cpu_parts(invocation,
                        "networks learn and draw samples there; the judge learns and judges, and scores are "
                        "computed,");
    if (const int signal = train_all(what, folder, invocation)) {
        remark(false, fmt::format("stopped; the same command goes on from here ({})", folder.string()));
        return 128 + signal;
    }
    Team team(invocation.threads());
    const Verdict verdict = evaluate(folder, invocation, team);
    const std::string table = table_of(verdict);
    if (invocation.json())
        fmt::print("{}\n", json_of(verdict, folder));
    else
        fmt::print("{}", table);
    std::fflush(stdout);
    const std::shared_ptr<const Dataset> data = make_dataset(settings_of_run(folder / "imf"));
    DemoPictures pictures{folder, {}, invocation.seed(), data, invocation.device()};
    for (const Method& method : methods_of(invocation)) pictures.methods.emplace_back(method.name);
    write_demo_page(pictures, what == "images" ? "Fashion-MNIST in one step" : "Shapes in one step",
                    words_of(verdict, table, invocation), team,
                    [](const std::string& line) { remark(false, line); });
    remark(invocation.quiet(), fmt::format("pictures and runs are in {}; begin with {}", folder.string(),
                                           (folder / "index.md").string()));
    return 0;
}

}  // namespace mf::cli

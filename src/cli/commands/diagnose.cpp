// SPDX-License-Identifier: MIT
// meanflow diagnose: noise, Jacobian-vector product and velocity of a network (docs/diagnostics.md).
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/screen.hpp"
#include "diagnose/diagnostics.hpp"
#include "generate/open_model.hpp"
#include "train/data_plan.hpp"
#include "train/make_model.hpp"
#include "train/run_folder.hpp"

namespace mf::cli {
namespace {

int run_diagnose(const Invocation& invocation) {
    if (std::filesystem::is_regular_file(invocation.words[0]))
        refuse_options(
            invocation, {"--step"},
            fmt::format("chooses a checkpoint of a run; {} is a single file", invocation.words[0]));
    Team team(invocation.threads());
    std::vector<std::string> remarks;
    const Checkpoint checkpoint =
        find_checkpoint(invocation.words[0], invocation.options.integer("--step"), remarks);
    for (const std::string& line : remarks) remark(false, line);
    LoadedModel loaded = load_model(checkpoint, invocation.options.text("--weights"), team);
    put_on_device(loaded, invocation.device(), Precision::f32, team);
    if (loaded.data == nullptr) loaded.data = make_dataset(loaded.settings, plan_of(loaded, team.size()));
    const DiagnosticsRequest request{.count = invocation.options.integer("--count"),
                                     .seed = invocation.seed(),
                                     .device = loaded.device.get()};
    const NamedNumbers numbers = diagnose(*loaded.model, loaded.settings, *loaded.data, request, team);
    if (invocation.json()) {
        std::vector<Json::Member> members;
        for (const auto& [name, value] : numbers) members.emplace_back(name, value);
        fmt::print("{}\n", Json::object({{"source", invocation.words[0]},
                                         {"weights", loaded.weights},
                                         {"trained_steps", loaded.step},
                                         {"count", request.count},
                                         {"numbers", Json::object(members)}})
                               .text());
        return 0;
    }
    remark(invocation.quiet(), fmt::format("{}: {} weights of step {}, {} draws, without guidance",
                                           invocation.words[0], loaded.weights, loaded.step, request.count));
    for (const auto& [name, value] : numbers)
        fmt::print("{:<18} {:>10.4g}   {}\n", name, value, meaning_of_diagnostic(name));
    return 0;
}

}  // namespace

Command diagnose_command() {
    Command out;
    out.name = "diagnose";
    out.summary = "how noisy a network's targets are, its JVP and its velocity";
    out.usage = "RUN|CHECKPOINT.safetensors [--count N] [--step N] [--weights online|ema|NAME]";
    out.example =
        "  meanflow diagnose runs/imf\n"
        "  meanflow train toy/imf diagnose.every=200 --out runs/imf && meanflow plot runs/imf --figure "
        "diagnostics";
    out.options = {
        {"--count", OptionKind::integer, "1024", "draws of data, noise and times", 2, 1e6},
        {"--weights", OptionKind::text, "online",
         "online (what learns), ema (the average, where there is one) or its full name: ema_0.999"},
        {"--step", OptionKind::integer, "-1", "checkpoint of a run; -1: the newest", -1},
    };
    out.has_results = true;
    out.takes_device = true;
    out.least_words = out.most_words = 1;
    out.run = run_diagnose;
    return out;
}

}  // namespace mf::cli

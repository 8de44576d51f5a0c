// SPDX-License-Identifier: MIT
#include "cli/sampling_options.hpp"

#include <memory>
#include <set>

#include "cli/screen.hpp"
#include "core/error.hpp"

namespace mf::cli {

OptionTable model_options() {
    return {
        {"--weights", OptionKind::text, "ema",
         "online, ema (the average, where there is one) or its full name: ema_0.999"},
        {"--step", OptionKind::integer, "-1", "checkpoint of a run; -1: the newest", -1},
        {"--side", OptionKind::integer, "0",
         "height and width of a sample, for a file of weights; 0: what it says, or 32", 0, 4096},
        {.key = "--precision",
         .kind = OptionKind::text,
         .initial = "f32",
         .help = "bf16: GEMM operands in bf16",
         .choices = {"f32", "bf16"}},
    };
}

OptionTable sampling_options() {
    OptionTable out = model_options();
    out.push_back(
        {.key = "--solver",
         .kind = OptionKind::text,
         .initial = "auto",
         .help = "auto: what the objective learnt; euler and heun follow the instantaneous velocity",
         .choices = {"auto", "average", "euler", "heun"}});
    out.push_back({"--as-published", OptionKind::flag, "false",
                   "direction forward: the tutorial's sampler, which asks for r = t - 1/n"});
    return out;
}

OptionTable guidance_options() {
    return {
        {"--labels", OptionKind::text, "balanced",
         "balanced (0, 1, 2, ... over and over), random, none, or names or numbers of classes: 3,cat,'big, "
         "red'"},
        {"--omega", OptionKind::reals, "1", "guidance strength above 0; one, or one for each sample", 0,
         1000},
        {"--interval", OptionKind::reals, "0,1", "guidance interval: from t_min to t_max", 0, 1},
    };
}

Precision precision_of(const Invocation& invocation) {
    return invocation.options.text("--precision") == "bf16" ? Precision::bf16 : Precision::f32;
}

ModelChoice choice_of(const Invocation& invocation) {
    return {.weights = invocation.options.text("--weights"),
            .step = invocation.options.has("--step") ? invocation.options.integer("--step") : -1,
            .side = invocation.options.integer("--side"),
            .precision = precision_of(invocation),
            .asked_for = invocation.options.was_set("--precision"),
            .device = invocation.device()};
}

LoadedModel open_model(const std::string& target, const Invocation& invocation, Team& team) {
    LoadedModel out = mf::open_model(target, choice_of(invocation), team);
    for (const std::string& line : out.remarks) remark(false, line);
    return out;
}

Remarks each_once(bool quiet) {
    return [quiet, said = std::make_shared<std::set<std::string>>()](const std::string& line) {
        if (said->insert(line).second) remark(quiet, line);
    };
}

SampleRequest request_of(const Invocation& invocation) {
    SampleRequest out;
    out.solver = invocation.options.text("--solver");
    out.as_published = invocation.options.flag("--as-published");
    out.seed = invocation.seed();
    out.precision = precision_of(invocation);
    out.remarks = each_once(invocation.quiet());
    return out;
}

std::string labels_in(const Settings& options) {
    return options.was_set("--labels") ? options.text("--labels") : std::string(kBalanced);
}

GuidanceRequest guidance_of(const Settings& options) {
    GuidanceRequest out{.labels = labels_in(options), .omega = {}, .t_min = {}, .t_max = {}};
    if (options.was_set("--omega")) {
        out.omega = options.reals("--omega");
        if (out.omega.empty())
            throw UsageError("--omega is empty", "give one strength, or one for each sample: --omega 1,2,4");
    }
    const std::vector<double> interval = options.reals("--interval");
    if (interval.size() != 2 || interval[0] > interval[1])
        throw UsageError("--interval wants two times, the smaller first", "for example --interval 0.3,0.7");
    if (options.was_set("--interval")) out.t_min = {interval[0]}, out.t_max = {interval[1]};
    return out;
}

}  // namespace mf::cli

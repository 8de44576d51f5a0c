// SPDX-License-Identifier: MIT
// meanflow bench inception: how many pictures a second the FID network looks at, at its published size. The time does not
// depend on what the weights are, so random ones serve, and no file is needed.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/process.hpp"
#include "cli/screen.hpp"
#include "core/rng.hpp"
#include "core/stopwatch.hpp"
#include "models/inception.hpp"
#include "models/inception_layers.hpp"
#include "ops/peak.hpp"

namespace mf::cli {
namespace {

using Tensors = std::map<std::string, Tensor>;

void add_constant(Tensors& weights, const std::string& name, std::int64_t count, float value) {
    Tensor& tensor = weights[name] = Tensor({count}, DType::f32);
    tensor.fill(value);
}

/// Normal numbers, scaled so that results behind a ReLU are about as large as what was read.
void add_normal(Tensors& weights, const std::string& name, const Shape& shape) {
    Tensor& tensor = weights[name] = Tensor(shape, DType::f32);
    Random(1, Stream::initial_weights).normal_vector(tensor.f32(), tensor.count(), weights.size());
    const std::int64_t fan_in = shape.count() / shape[0];
    const float scale = std::sqrt(2.0F / static_cast<float>(fan_in));
    for (float& value : tensor.floats()) value *= scale;
}

Tensors random_weights() {
    Tensors weights;
    std::map<std::string, std::int64_t> channels = {{"image", 3}};  // of a layer, or of a block
    for (const InceptionLayer& layer : inception_layers()) {
        const std::string name(layer.name), input(layer.input), block = input.substr(0, input.find('.'));
        if (!channels.contains(input)) {  // a block, whose layers are known by now
            std::int64_t sum = 0;
            for (const std::string_view part : inception_parts(block))
                sum += channels.at(part == "pool" ? block + ".input" : std::string(part));
            channels[input] = sum;
        }
        channels.try_emplace(name.substr(0, name.find('.')) + ".input", channels.at(input));
        channels[name] = layer.out;
        add_normal(weights, name + ".conv.weight",
                   {layer.out, channels.at(input), layer.height, layer.width});
        for (const auto& [what, value] :
             {std::pair{"weight", 1.0F}, {"bias", 0.0F}, {"running_mean", 0.0F}, {"running_var", 1.0F}})
            add_constant(weights, fmt::format("{}.bn.{}", name, what), layer.out, value);
    }
    add_normal(weights, "fc.weight", {1008, 2048});
    add_constant(weights, "fc.bias", 1008, 0.0F);
    return weights;
}

struct InceptionTiming {
    double prepare = 0, first = 0, least = 0, median = 0;  ///< ms
    std::int64_t n = 0;
    double gflop = 0, peak = 0;
    double plan = 0;  ///< MiB
};

InceptionTiming time_inception(const Invocation& invocation, Precision precision, Team& team) {
    const std::int64_t batch = invocation.options.integer("--batch");
    const Tensors weights = random_weights();
    Stopwatch watch;
    const Inception network(weights, "random weights", team, precision);
    InceptionTiming out{.prepare = watch.seconds() * 1e3};
    Tensor pictures({batch, Inception::kSide, Inception::kSide, 3}, DType::f32);
    Random(1, Stream::test).normal_vector(pictures.f32(), pictures.count(), 0);
    Pool pool;
    const Context context{team, pool, nullptr, precision};
    std::vector<double> ms;
    for (const Stopwatch all;
         ms.size() < 4 || (static_cast<std::int64_t>(ms.size()) <= invocation.options.integer("--repeat") &&
                           all.seconds() < invocation.options.real("--seconds"));) {
        // The ceiling in turns with the work: both then meet the same clock and the same neighbours.
        out.peak = std::max(out.peak, measure_gemm_peak(team, precision));
        watch = {};
        network(context, pictures);
        ms.push_back(watch.seconds() * 1e3);
    }
    out.first = ms.front();
    ms.erase(ms.begin());
    std::ranges::sort(ms);
    out.n = static_cast<std::int64_t>(ms.size());
    out.least = ms.front(), out.median = ms[ms.size() / 2];
    out.gflop = 1e-9 * static_cast<double>(batch) * network.flops();
    out.plan = mebibytes(pool.peak_bytes());
    return out;
}

int run_bench_inception(const Invocation& invocation) {
    const std::string& name = invocation.options.text("--precision");
    const auto batch = static_cast<double>(invocation.options.integer("--batch"));
    Team team(invocation.threads());
    const InceptionTiming t =
        time_inception(invocation, name == "bf16" ? Precision::bf16 : Precision::f32, team);
    const double rss = mebibytes(peak_resident_bytes()), gflops = t.gflop / t.least * 1e3;
    if (invocation.json()) {
        const Json ms =
            Json::object({{"first", t.first}, {"min", t.least}, {"median", t.median}, {"n", t.n}});
        fmt::print("{}\n", Json::object({{"work", "inception_features"},
                                         {"precision", name},
                                         {"images_per_s", batch / t.least * 1e3},
                                         {"prepare_ms", t.prepare},
                                         {"ms", ms},
                                         {"gflop", t.gflop},
                                         {"gflops", gflops},
                                         {"peak_gflops", t.peak},
                                         {"peak_share", gflops / t.peak},
                                         {"plan_mib", t.plan},
                                         {"rss_mib", rss}})
                               .text());
        return 0;
    }
    fmt::print(
        "{:g} pictures, {}: {:.1f} a second; {:.0f} ms at best, {:.0f} ms in the median of {} (first {:.0f}, "
        "weights made ready in {:.0f})\n",
        batch, name, batch / t.least * 1e3, t.least, t.median, t.n, t.first, t.prepare);
    fmt::print(
        "{:.0f} GFLOP by the definition, {:.0f} GFLOP/s of it, {:.2f} times the {:.0f} GFLOP/s measured for "
        "GEMM ({})\n",
        t.gflop, gflops, gflops / t.peak, t.peak, name);
    fmt::print("{:.0f} MiB of the process at most, {:.0f} MiB of them pictures on their way\n", rss, t.plan);
    return 0;
}

}  // namespace

Command bench_inception_command() {
    Command out;
    out.name = "bench inception";
    out.summary = "time the network of the FID";
    out.usage = "[--batch 16] [--precision f32|bf16] [--json]";
    out.example = "  meanflow bench inception --batch 16 --precision bf16";
    out.options = {
        {"--batch", OptionKind::integer, "16", "pictures at a time", 1, 4096},
        {"--precision", OptionKind::text, "f32", "what GEMM reads", 0, 0, {"f32", "bf16"}},
        {"--repeat", OptionKind::integer, "20", "runs that are timed, after a first one", 3, 1'000'000},
        {"--seconds", OptionKind::real, "20", "at most so long (but three runs)", 0.01, 1e6},
    };
    out.has_results = true;
    out.run = run_bench_inception;
    return out;
}

}  // namespace mf::cli

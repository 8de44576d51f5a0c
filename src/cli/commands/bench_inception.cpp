// SPDX-License-Identifier: MIT
// meanflow bench inception: how many pictures a second the FID network looks at, at its published size. The time does not
// depend on what the weights are, so random ones serve, and no file is needed.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/device_option.hpp"
#include "cli/inference_timing.hpp"
#include "cli/process.hpp"
#include "cli/screen.hpp"
#include "core/rng.hpp"
#include "core/stopwatch.hpp"
#include "models/inception.hpp"
#include "models/inception_layers.hpp"
#include "ops/cpu/cpu_device.hpp"

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

InferenceTiming time_inception(const Invocation& invocation, Precision precision, Team& team) {
    const std::int64_t batch = invocation.options.integer("--batch");
    const Tensors weights = random_weights();
    Stopwatch watch;
    const Inception network(weights, "random weights", team, precision);
    InferenceTiming out{.prepare = watch.seconds() * 1e3, .peak_precision = precision};
    Tensor pictures({batch, Inception::kSide, Inception::kSide, 3}, DType::f32);
    Random(1, Stream::test).normal_vector(pictures.f32(), pictures.count(), 0);
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool, nullptr, precision};
    time_inference(out, invocation, team, [&] { network(context, pictures); });
    out.gflop = 1e-9 * static_cast<double>(batch) * network.flops();
    out.plan = mebibytes(pool.peak_bytes());
    return out;
}

int run_bench_inception(const Invocation& invocation) {
    need_convolutions(invocation, "the FID network");
    const std::string& name = invocation.options.text("--precision");
    const std::int64_t batch = invocation.options.integer("--batch");
    Team team(invocation.threads());
    const InferenceTiming timing =
        time_inception(invocation, name == "bf16" ? Precision::bf16 : Precision::f32, team);
    print_inference(invocation, timing, "inception_features", fmt::format("{} pictures, {}", batch, name),
                    batch);
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
    };
    for (Option& option : inference_options("20")) out.options.push_back(std::move(option));
    out.takes_device = true;
    out.has_results = true;
    out.run = run_bench_inception;
    return out;
}

}  // namespace mf::cli

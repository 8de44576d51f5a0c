// SPDX-License-Identifier: MIT
// meanflow bench vae: how long the autoencoder of latent diffusion takes, at its published size. The time does not depend
// on what the weights are, so random ones serve, and no file is needed.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/device_option.hpp"
#include "cli/inference_timing.hpp"
#include "cli/process.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "core/rng.hpp"
#include "core/stopwatch.hpp"
#include "models/sd_vae.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace mf::cli {
namespace {

Tensor normal_tensor(const Shape& shape, std::uint64_t index) {
    Tensor out(shape, DType::f32);
    Random(1, Stream::test).normal_vector(out.f32(), out.count(), index);
    return out;
}

/// Kernels whose results are about as large as what they read; norms that change nothing.
void fill(ParamStore& params) {
    std::uint64_t index = 0;
    for (Param& param : params.all()) {
        float* const values = param.value.f32();
        const std::int64_t count = param.shape.count();
        if (param.shape.rank() == 1) {
            std::fill_n(values, count, param.name.ends_with("weight") ? 1.0F : 0.0F);
            continue;
        }
        Random(1, Stream::initial_weights).normal_vector(values, count, ++index);
        const std::int64_t fan_in = count / param.shape[0];
        const float scale = 1 / std::sqrt(static_cast<float>(fan_in));
        for (std::int64_t i = 0; i < count; ++i) values[i] *= scale;
    }
}

InferenceTiming time_vae(const Invocation& invocation, bool decode, Precision precision, Team& team) {
    SdVae vae({.has_encoder = !decode, .has_decoder = decode});
    const std::int64_t batch = invocation.options.integer("--batch"),
                       side = invocation.options.integer("--side"), factor = vae.config().factor(),
                       latent = side / factor;
    if (side % factor != 0)
        throw UsageError(
            fmt::format("--side {}: the autoencoder makes one latent of {} pixels", side, factor),
            fmt::format("a multiple of {}", factor));
    fill(vae.params());
    Stopwatch watch;
    vae.prepare(team, precision);
    InferenceTiming out{.prepare = watch.seconds() * 1e3};
    const Tensor x = decode ? normal_tensor({batch, latent, latent, vae.config().latents}, 1)
                            : normal_tensor({batch, side, side, vae.config().pixels}, 1);
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool, nullptr, precision};
    // Its transformed kernels compute in f32 whatever the precision is, so that is the ceiling.
    time_inference(out, invocation, team, [&] { decode ? vae.decode(context, x) : vae.moments(context, x); });
    out.gflop = 1e-9 * static_cast<double>(batch) *
                (decode ? vae.decode_flops(latent, latent) : vae.encode_flops(latent, latent));
    out.plan = mebibytes(pool.peak_bytes());
    return out;
}

int run_bench_vae(const Invocation& invocation) {
    const std::string& what = invocation.words[0];
    if (what != "decode" && what != "encode")
        throw UsageError(fmt::format("bench vae {}: neither decode nor encode", what),
                         "meanflow bench vae decode");
    need_convolutions(invocation, "the autoencoder");
    const std::string& name = invocation.options.text("--precision");
    Team team(invocation.threads());
    const InferenceTiming timing =
        time_vae(invocation, what == "decode", name == "bf16" ? Precision::bf16 : Precision::f32, team);
    print_inference(invocation, timing, "vae_" + what, what + " " + name, 0);
    return 0;
}

}  // namespace

Command bench_vae_command() {
    Command out;
    out.name = "bench vae";
    out.summary = "time the autoencoder of latent diffusion";
    out.usage = "decode|encode [--side 256] [--batch 1] [--precision f32|bf16] [--json]";
    out.example = "  meanflow bench vae decode --precision bf16";
    out.options = {
        {"--side", OptionKind::integer, "256", "of the pictures, in pixels", 8, 4096},
        {"--batch", OptionKind::integer, "1", "pictures at a time", 1, 4096},
    };
    for (Option& option : inference_options("30")) out.options.push_back(std::move(option));
    out.takes_device = true;
    out.has_results = true;
    out.least_words = out.most_words = 1;
    out.run = run_bench_vae;
    return out;
}

}  // namespace mf::cli

// SPDX-License-Identifier: MIT
// meanflow convert: a run or a checkpoint to weights alone, for shipping a sampler.
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/process.hpp"
#include "cli/sampling_options.hpp"
#include "core/error.hpp"
#include "generate/sampling.hpp"
#include "train/plain_weights.hpp"

namespace mf::cli {
namespace {

int run_convert(const Invocation& invocation) {
    const std::filesystem::path to = invocation.words[1];
    if (to.extension() != ".safetensors")
        throw UsageError(fmt::format("{}: the weights go into a file .safetensors", to.string()),
                         "meanflow convert RUN model.safetensors");
    Team team(invocation.threads());
    const LoadedModel loaded = open_model(invocation.words[0], invocation, team);
    write_plain_weights(to, loaded, precision_of(invocation));
    const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(to));
    if (invocation.json()) {
        fmt::print("{}\n", Json::object({{"file", to.string()},
                                         {"weights", loaded.weights},
                                         {"trained_steps", loaded.step},
                                         {"bytes", bytes}})
                               .text());
    } else if (!invocation.quiet()) {
        fmt::print("{}: {} weights of step {}, {:.1f} MiB; 'meanflow sample {}' draws from it\n", to.string(),
                   loaded.weights, loaded.step, mebibytes(static_cast<std::uint64_t>(bytes)), to.string());
    }
    return 0;
}

}  // namespace

Command convert_command() {
    Command out;
    out.name = "convert";
    out.summary = "weights alone, without what only training needs";
    out.usage = "RUN|CHECKPOINT OUT.safetensors [--weights ema_0.999] [--precision bf16]";
    out.example = "  meanflow convert runs/cifar10 model.safetensors --precision bf16";
    out.options = model_options();
    out.has_results = true;
    out.least_words = out.most_words = 2;
    out.run = run_convert;
    return out;
}

}  // namespace mf::cli

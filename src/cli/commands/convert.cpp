// SPDX-License-Identifier: MIT
// meanflow convert: a run, a checkpoint or anybody's weights to safetensors with words about themselves.
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/process.hpp"
#include "cli/sampling_options.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "generate/sampling.hpp"
#include "io/weights_file.hpp"
#include "train/convert_weights.hpp"
#include "train/plain_weights.hpp"

namespace mf::cli {
namespace {

namespace fs = std::filesystem;

/// --dtype, or the older --precision; nothing when neither was given.
std::optional<WeightsType> type_of(const Invocation& invocation) {
    const Settings& options = invocation.options;
    const bool dtype = options.was_set("--dtype"), precision = options.was_set("--precision");
    if (dtype && precision && options.text("--dtype") != options.text("--precision"))
        throw UsageError(fmt::format("--dtype {} and --precision {} contradict each other",
                                     options.text("--dtype"), options.text("--precision")),
                         "leave --precision out");
    if (!dtype && !precision) return std::nullopt;
    const std::string& name = options.text(dtype ? "--dtype" : "--precision");
    return name == "int8" ? WeightsType::int8 : name == "bf16" ? WeightsType::bf16 : WeightsType::f32;
}

std::int64_t size_of_file(const fs::path& path) { return static_cast<std::int64_t>(fs::file_size(path)); }

int convert_model(const Invocation& invocation, const fs::path& to, Team& team) {
    const LoadedModel loaded = open_model(invocation.words[0], invocation, team);
    if (loaded.eight_bits)
        throw UsageError(fmt::format("{}: has 8 bits already, which are for sampling", invocation.words[0]),
                         "convert the weights that it was made of");
    write_plain_weights(to, loaded, type_of(invocation).value_or(WeightsType::f32));
    const std::int64_t bytes = size_of_file(to);
    const std::string recommended = recommended_text(loaded.recommended);
    if (invocation.json()) {
        fmt::print("{}\n", Json::object({{"file", to.string()},
                                         {"architecture", loaded.architecture},
                                         {"recommended", recommended},
                                         {"weights", loaded.weights},
                                         {"trained_steps", loaded.step},
                                         {"bytes", bytes}})
                               .text());
    } else if (!invocation.quiet()) {
        if (!loaded.architecture.empty())
            fmt::print("{}{}{}\n", loaded.architecture, recommended.empty() ? "" : ", best sampled with ",
                       recommended);
        fmt::print("{}: {} weights of step {}, {:.1f} MiB; 'meanflow sample {}' draws from it\n", to.string(),
                   loaded.weights, loaded.step, mebibytes(static_cast<std::uint64_t>(bytes)), to.string());
    }
    return 0;
}

int convert_other(const Invocation& invocation, const NamedTensors& file, const fs::path& to) {
    const std::optional<WeightsType> type = type_of(invocation);
    if (type == WeightsType::int8)
        throw UsageError(
            fmt::format("--dtype int8 is for networks that draw samples; {} holds none", invocation.words[0]),
            "f32 and bf16 serve every network");
    std::optional<DType> numbers;
    if (type) numbers = *type == WeightsType::bf16 ? DType::bf16 : DType::f32;
    const ConvertedWeights done = write_other_weights(file, invocation.words[0], to, numbers);
    for (const std::string& line : done.remarks) remark(false, line);
    if (done.architecture.empty())
        remark(false, fmt::format("{}: of no network that is known here; names and numbers stay as they are",
                                  invocation.words[0]));
    const std::int64_t bytes = size_of_file(to);
    if (invocation.json()) {
        fmt::print("{}\n", Json::object({{"file", to.string()},
                                         {"architecture", done.architecture},
                                         {"tensors", done.tensors},
                                         {"bytes", bytes}})
                               .text());
    } else if (!invocation.quiet()) {
        fmt::print("{}: {}{} tensors, {:.1f} MiB\n", to.string(),
                   done.architecture.empty() ? "" : done.architecture + ", ", done.tensors,
                   mebibytes(static_cast<std::uint64_t>(bytes)));
    }
    return 0;
}

int run_convert(const Invocation& invocation) {
    const fs::path from = invocation.words[0], to = invocation.words[1];
    if (to.extension() != ".safetensors")
        throw UsageError(fmt::format("{}: the weights go into a file .safetensors", to.string()),
                         "meanflow convert RUN model.safetensors");
    Team team(invocation.threads());
    if (fs::is_regular_file(from) && holds_plain_weights(from)) {
        // Checksums are compared once, here; what is sampled from a file later is trusted.
        const NamedTensors file = read_weights_file(from, TorchSums::check);
        if (!is_velocity_model(file)) return convert_other(invocation, file, to);
    }
    return convert_model(invocation, to, team);
}

}  // namespace

Command convert_command() {
    Command out;
    out.name = "convert";
    out.summary =
        "weights of runs and of others (PyTorch, safetensors) to safetensors with words about themselves";
    out.usage = "RUN|CHECKPOINT|FILE.pth OUT.safetensors [--weights ema_0.999] [--dtype bf16]";
    out.example =
        "  meanflow convert runs/cifar10 model.safetensors --dtype bf16\n"
        "  meanflow convert iMF-B-2.pth imf_b2.safetensors\n"
        "  meanflow convert vae-ft-mse-840000-ema-pruned.ckpt sd_vae.safetensors";
    out.options = model_options();
    out.options.push_back(
        {.key = "--dtype",
         .kind = OptionKind::text,
         .initial = "f32",
         .help = "of the numbers that are written (--precision says the same); int8: bytes in a "
                 "transformer's blocks, bf16 elsewhere, for sampling",
         .choices = {"f32", "bf16", "int8"}});
    out.has_results = true;
    out.least_words = out.most_words = 2;
    out.run = run_convert;
    return out;
}

}  // namespace mf::cli

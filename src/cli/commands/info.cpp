// SPDX-License-Identifier: MIT
// meanflow info: what a file holds, and what this build can do.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/info_build.hpp"
#include "cli/commands/info_config.hpp"
#include "cli/commands/info_devices.hpp"
#include "cli/json.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "io/npz.hpp"
#include "io/weights_file.hpp"
#include "judge/classifier_trainer.hpp"
#include "judge/keys_page.hpp"
#include "models/vae_weights.hpp"
#include "train/choices.hpp"
#include "train/config.hpp"
#include "train/run_folder.hpp"
#include "train/trainer.hpp"

namespace mf::cli {
namespace {

/// Name, type and shape of one tensor.
struct Line {
    std::string name, type, shape;
    std::int64_t count = 0;
};

/// One array, whatever it holds; an array that is damaged does not hide the others.
Line line_of(const ArrayFile& file, const std::string& name) {
    try {
        const NpyAbout about = file.open(name).about();
        std::int64_t count = 1;
        for (const std::int64_t d : about.dims) count *= d;
        return {name.empty() ? "array" : name, about.type_text(), about.shape_text(), count};
    } catch (const Error& error) {
        return {name, "unreadable", error.what(), 0};
    }
}

/// What the weights of a file are, where their names tell.
std::string network_of(const std::filesystem::path& path) {
    const NamedTensors file = read_weights_file(path);
    const std::string network = network_of_names(shapes_of(file.tensors));
    if (!network.starts_with("an autoencoder")) return network;
    try {
        const VaeWeights weights = vae_weights(file.tensors, path.string());
        SdVae::Config config = SdVae::detect(shapes_of(weights.tensors));
        config.groups = 1;  // of no account for sizes
        const SdVae vae(config);
        constexpr std::int64_t side = 32;
        std::string work;
        if (config.has_decoder)
            work += fmt::format("; decoding a latent of {} x {} takes {:.0f} GFLOP", side, side,
                                vae.decode_flops(side, side) / 1e9);
        return fmt::format("{}, names of {}: {}, {} parameters{}", network, weights.form, text_of(config),
                           vae.params().count(), work);
    } catch (const Error& error) {
        return fmt::format("{}, but: {}", network, error.what());
    }
}

void print_file(const std::string& path, const std::vector<Line>& lines,
                const std::map<std::string, std::string>& metadata, const std::string& network, bool json) {
    if (json) {
        std::vector<Json> tensors;
        std::vector<Json::Member> words;
        for (const Line& line : lines)
            tensors.push_back(
                Json::object({{"name", line.name}, {"type", line.type}, {"shape", line.shape}}));
        for (const auto& [key, value] : metadata) words.emplace_back(key, value);
        fmt::print("{}\n", Json::object({{"file", path},
                                         {"network", network},
                                         {"metadata", Json::object(words)},
                                         {"tensors", Json::array(tensors)}})
                               .text());
        return;
    }
    std::int64_t count = 0;
    for (const Line& line : lines) count += line.count;
    fmt::print("{}: {} tensors, {} numbers\n", path, lines.size(), count);
    if (!network.empty()) fmt::print("  looks like {}\n", network);
    for (const auto& [key, value] : metadata) fmt::print("  {}: {}\n", key, value);
    std::vector<std::vector<std::string>> rows;
    for (const Line& line : lines) rows.push_back({"  " + line.name, line.type, line.shape});
    fmt::print("{}", text_table(rows));
}

void describe_file(const std::filesystem::path& path, bool json) {
    std::vector<Line> lines;
    std::map<std::string, std::string> metadata;
    std::string network;
    if (path.extension() == ".npz" || path.extension() == ".npy") {
        const ArrayFile file(path);
        for (const std::string& name : file.names()) lines.push_back(line_of(file, name));
    } else {
        const NamedTensors file = read_weights_file(path);
        metadata = file.metadata;
        if (file.form != WeightsForm::safetensors) {
            metadata = file.notes;
            metadata["(form)"] = name_of(file.form);
        }
        for (const auto& [name, tensor] : file.tensors)
            lines.push_back({name, name_of(tensor.dtype()), tensor.shape().text(), tensor.shape().count()});
        // Of these the numbers are not counted.
        for (const auto& [name, entry] : file.foreign) lines.push_back({name, entry.type, entry.shape, 0});
        std::ranges::sort(lines, {}, &Line::name);
        if (!metadata.contains("format"))
            network = network_of(path);  // this program's own say more themselves
    }
    print_file(path.string(), lines, metadata, network, json);
}

void describe_run(const std::filesystem::path& path, bool json) {
    const Settings settings = settings_of_run(path);
    std::vector<std::string> checkpoints;
    for (const auto& one : checkpoints_of(path)) checkpoints.push_back(one.filename().string());
    if (json) {
        std::vector<Json::Member> members;
        const auto items = settings.items();
        for (const auto& [key, value] : items) members.emplace_back(key, value);
        fmt::print("{}\n", Json::object({{"run", path.string()},
                                         {"settings", Json::object(members)},
                                         {"checkpoints", Json::array_of(checkpoints)}})
                               .text());
        return;
    }
    fmt::print("{}: a run\n", path.string());
    for (const auto& [key, value] : settings.items()) fmt::print("  {}: {}\n", key, value);
    for (const std::string& name : checkpoints) fmt::print("  checkpoints/{}\n", name);
}

void list_choice(const std::string& key, bool json) {
    for (const Choice& choice : all_choices()) {
        if (choice.key != key) continue;
        std::vector<Json> items;
        for (const ChoiceEntry& entry : choice.entries) {
            if (!json) fmt::print("{:<18} {}\n", entry.name, entry.help);
            items.push_back(Json::object({{"name", entry.name}, {"help", entry.help}}));
        }
        if (json) fmt::print("{}\n", Json::array(items).text());
    }
}

/// The tables of docs/keys.md.
std::string keys_json() {
    std::vector<Json> sections;
    const auto add = [&](const std::string& name, const OptionTable& table) {
        std::vector<Json> keys;
        for (const Option& option : table)
            keys.push_back(Json::object({{"key", option.key},
                                         {"default", option.initial},
                                         {"value", describe(option)},
                                         {"help", option.help}}));
        sections.push_back(Json::object({{"section", name}, {"keys", Json::array(keys)}}));
    };
    add("choices", choice_options());
    add("training", Trainer::options());
    add("run", run_options());
    for (const Choice& choice : all_choices())
        for (const ChoiceEntry& entry : choice.entries)
            add(fmt::format("{}={}", choice.key, entry.name), entry.options);
    add("train-classifier", classifier_options());
    return Json::array(sections).text() + "\n";
}

int run_info(const Invocation& invocation) {
    if (invocation.words.empty()) {
        if (!invocation.overrides.empty())
            throw UsageError(fmt::format("'{}' is one word too many", invocation.overrides[0]),
                             "meanflow info config NAME key=value");
        print_build(invocation.json());
        return 0;
    }
    const std::string& what = invocation.words[0];
    if (what == "config") return run_info_config(invocation);
    if (invocation.words.size() > 1 || !invocation.overrides.empty())
        throw UsageError(
            fmt::format("'{}' is one word too many",
                        invocation.words.size() > 1 ? invocation.words[1] : invocation.overrides[0]),
            fmt::format("meanflow info {}, or meanflow info config NAME key=value", what));
    if (what == "keys")
        fmt::print("{}", invocation.json() ? keys_json() : keys_page());
    else if (what == "devices")
        print_devices(invocation.threads(), invocation.json());
    else if (what == "ops")
        print_ops(invocation.json());
    else if (what == "models")
        list_choice("model.name", invocation.json());
    else if (what == "objectives")
        list_choice("objective.name", invocation.json());
    else if (what == "data")
        list_choice("data.name", invocation.json());
    else if (what == "optimisers")
        list_choice("optim.name", invocation.json());
    else if (std::filesystem::is_directory(what))
        describe_run(what, invocation.json());
    else
        describe_file(what, invocation.json());
    return 0;
}

}  // namespace

Command info_command() {
    Command out;
    out.name = "info";
    out.summary = "what a file or a run holds; what this build can do";
    out.usage = "[FILE|RUN|config NAME [key=value ...]|devices|ops|models|objectives|data|optimisers|keys]";
    out.example =
        "  meanflow info runs/imf/checkpoints/step_5001.safetensors\n  meanflow info iMF-B-2.pth\n"
        "  meanflow info config imagenet256/imf_b2    parameters, FLOP, memory and time, without training\n"
        "  meanflow info keys\n"
        "  meanflow info devices    what --device can name, and how fast each multiplies matrices\n"
        "  meanflow info    version, instruction sets, and the one that this machine runs with";
    out.has_results = true;
    out.takes_overrides = true;
    out.most_words = 2;
    out.run = run_info;
    return out;
}

}  // namespace mf::cli

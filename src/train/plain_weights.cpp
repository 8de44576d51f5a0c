// SPDX-License-Identifier: MIT
#include "train/plain_weights.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "io/looks_like.hpp"
#include "io/weights_file.hpp"
#include "models/network_names.hpp"
#include "models/published.hpp"
#include "models/vae_weights.hpp"
#include "ops/cpu/byte_gemm.hpp"
#include "train/build_info.hpp"
#include "train/make_model.hpp"
#include "train/settings_text.hpp"
#include "train/weight_sets.hpp"
#include "train/weights_match.hpp"

namespace mf {
namespace {

constexpr std::string_view kWeightsFormat = "meanflow weights 1";
constexpr std::string_view kTransformerAnchor = "x_embedder.proj.weight";
constexpr std::int64_t kUsualSide = 32;  // latents of 256 x 256 pixels, CIFAR-10

NamedShapes shapes_of(const TensorFile& file) {
    NamedShapes out;
    for (const auto& [name, tensor] : file.tensors) out.emplace_back(name, tensor.shape());
    for (const auto& [name, tensor] : file.foreign) out.emplace_back(name, tensor.dims);
    return out;
}

/// A set without a prefix is not all that has another one: other sets, and what an optimiser remembers.
void leave_out_others(TensorFile& chosen, const WeightSet& set, const std::vector<WeightSet>& sets) {
    if (!set.prefix.empty()) return;
    const auto is_other = [&](const auto& item) {
        const std::string name = item.first.substr(set.missing.size());
        return is_of_optimiser(name) || std::ranges::any_of(sets, [&](const WeightSet& other) {
                   return !other.prefix.empty() && name.starts_with(other.prefix);
               });
    };
    std::erase_if(chosen.tensors, is_other);
    std::erase_if(chosen.foreign, is_other);
}

/// Weights that nothing can be sampled from: what they are, where their names tell.
[[noreturn]] void refuse_network(const NamedTensors& file, const std::string& place) {
    const std::string kind = network_of_names(shapes_of(file.tensors));
    if (kind.empty())
        throw Error(
            fmt::format("{}: its weights are of no network that is known here", place),
            "names of an iMF transformer begin with net.x_embedder; 'meanflow info FILE' lists those of this "
            "file");
    throw Error(
        fmt::format("{}: looks like {}, which is no network that is known here to draw samples", place, kind),
        "--vae takes autoencoders, --inception the network of FID; 'meanflow info FILE' lists the names");
}

/// The weights that are meant, under the names of this program. `settings`: what the file says of its training; null:
/// nothing, then it must hold a transformer.
TensorFile chosen_weights(const NamedTensors& file, const Settings* settings, const SampleKind& sample,
                          const std::string& wanted, const std::string& place, LoadedModel& out) {
    std::string anchor(kTransformerAnchor);
    std::vector<WeightSet> sets = weight_sets(file, anchor);
    if (sets.empty() && settings != nullptr) {
        anchor = make_model(*settings, sample)->params().all().front().name;
        sets = weight_sets(file, anchor);
    }
    if (sets.empty()) refuse_network(file, place);
    const std::string own = file.metadata.contains("weights") ? file.metadata.at("weights") : "";
    const WeightSet& set = chosen_set(sets, wanted, own, place, out.remarks);
    const bool alone = sets.size() == 1 && !set.is_average();
    out.weights = sets.size() == 1 && !own.empty() ? own
                  : alone || set.prefix.empty()    ? "published"
                                                   : set.name();
    TensorFile chosen = set.taken_from(file);
    leave_out_others(chosen, set, sets);
    return chosen;
}

/// What a network of these weights learnt, when nobody says: the published recipe of its family.
Settings published_settings(const std::string& model) {
    std::vector<ConfigItem> items = {{"model.name", model, ""},
                                     {"objective.name", model == "mit" ? "imf" : "mf", ""}};
    if (model == "mit") items.push_back({"objective.guidance", "flexible", ""});
    // As in the official configuration: guidance of strength 2 is part of what was learnt.
    if (model == "dit")
        items.insert(items.end(), {{"objective.guidance", "mix", ""},
                                   {"objective.omega", "1", ""},
                                   {"objective.kappa", "0.5", ""}});
    return resolve(items);
}

/// A transformer: sizes from the weights. Null when they are of no transformer that is known.
std::unique_ptr<VelocityModel> detected(const NamedShapes& weights, SampleKind& sample, std::string& name,
                                        const PublishedModel*& published) {
    const auto has = [&](const char* one) {
        return std::ranges::find(weights, one, &NamedShapes::value_type::first) != weights.end();
    };
    const std::int64_t height = sample.shape[0], width = sample.shape[1];
    if (has("net.x_embedder.proj.weight")) {
        Mit::Config config = Mit::detect(weights, height, width);
        config.v_blocks = false;
        sample = {{height, width, config.channels}, config.classes};
        name = "mit";
        published = published_model(config);
        return std::make_unique<Mit>(config);
    }
    if (has("x_embedder.proj.weight")) {
        const Dit::Config config = Dit::detect(weights, height, width);
        sample = {{height, width, config.channels}, config.classes};
        name = "dit";
        published = published_model(config);
        return std::make_unique<Dit>(config);
    }
    return nullptr;
}

/// Samples as the metadata say, or 32 x 32; with another side where one is asked for.
void settle_shape(const std::map<std::string, std::string>& metadata, const std::string& place,
                  std::int64_t side, LoadedModel& out) {
    if (metadata.contains("sample_shape"))
        read_sample_kind(metadata, place, out);
    else
        out.sample.shape = {kUsualSide, kUsualSide, 1};
    if (side == 0) return;
    check(out.sample.shape.rank() == 3, "{}: its samples of shape {} have no side", place, out.sample.shape);
    out.sample.shape = {side, side, out.sample.shape[2]};
}

/// Parameters that only training uses.
constexpr std::string_view kOfTraining = "net.v_heads.";

constexpr std::string_view kScale = ".scale";

/// A matrix as bytes, and its scales.
void add_bytes(const std::string& name, const Tensor& given, TensorFile& file) {
    Tensor wide(given.shape(), DType::f32), bytes, scales;
    wide.copy_from(given);
    cpu::quantise_rows(wide, bytes, scales);
    file.tensors.emplace(name, std::move(bytes));
    file.tensors.emplace(name + std::string(kScale), std::move(scales));
}

/// Scales are no parameters: they belong to their bytes.
bool is_scale(const TensorFile& file, const std::string& name) {
    if (!name.ends_with(kScale)) return false;
    const auto bytes = file.tensors.find(name.substr(0, name.size() - kScale.size()));
    return bytes != file.tensors.end() && bytes->second.dtype() == DType::u8;
}

}  // namespace

bool holds_plain_weights(const std::filesystem::path& path) {
    {
        const InputFile file(path);
        std::string start(std::min<std::uint64_t>(file.size(), kTellingBytes), '\0');
        file.read(0, start.data(), start.size());
        if (may_be_torch_file(start)) return true;
    }
    const SafetensorsHeader header = read_safetensors_header(path);
    const auto format = header.metadata.find("format");
    return format == header.metadata.end() || !format->second.starts_with("meanflow checkpoint");
}

bool becomes_bytes(const std::string& name) {
    const bool block = name.starts_with("blocks.") || name.find("_blocks.") != std::string::npos ||
                       name.find("_heads.") != std::string::npos;
    const bool matrix = name.find(".attn.") != std::string::npos || name.find(".mlp.") != std::string::npos;
    return block && matrix && name.ends_with(".weight") && name.find("_norm.") == std::string::npos;
}

bool is_velocity_model(const NamedTensors& file) {
    return file.metadata.contains("settings") || !weight_sets(file, std::string(kTransformerAnchor)).empty();
}

namespace {

/// Steps of training: what the metadata say, or a number beside the weights.
std::int64_t steps_of(const NamedTensors& file) {
    std::int64_t out = 0;
    const auto read = [&](const std::map<std::string, std::string>& words, const char* key) {
        if (const auto found = words.find(key); found != words.end() && out == 0)
            std::from_chars(found->second.data(), found->second.data() + found->second.size(), out);
    };
    read(file.metadata, "step");
    for (const char* key : {"step", "steps", "global_step", "iteration"}) read(file.notes, key);
    return std::max<std::int64_t>(out, 0);
}

/// Binds the weights after they have been found to fit.
void take_weights(const TensorFile& chosen, const std::string& place, Team& team, LoadedModel& out) {
    ParamStore& params = out.model->params();
    // What is needed must be of a type that can be computed with.
    for (const Param& param : params.all())
        if (chosen.foreign.contains(param.name)) (void)chosen.at(param.name, place);
    WeightsMatch match = match_weights(chosen, params, kOfTraining);
    std::erase_if(match.surplus, [&](const std::string& name) { return is_scale(chosen, name); });
    if (!match.fits())
        throw Error(fmt::format("{}: its weights do not fit the network: {}", place, match.text()));
    if (!match.surplus.empty()) out.remarks.push_back(fmt::format("{}: {}", place, match.surplus_text()));
    check_finite(chosen, params, team, place);
    params.bind(chosen.tensors, place);
    out.eight_bits =
        std::ranges::any_of(params.all(), [](const Param& param) { return !param.scales.empty(); });
    for (const auto& [name, tensor] : chosen.tensors)
        if (name.starts_with(kOfTraining)) out.of_training.emplace(name, tensor);
}

}  // namespace

PlainWeights read_plain_weights(const std::filesystem::path& path, const std::string& weights) {
    const std::string place = path.string();
    PlainWeights out;
    LoadedModel about;
    out.file = std::make_shared<const NamedTensors>(read_weights_file(path));
    const auto& metadata = out.file->metadata;
    if (metadata.contains("settings")) {
        out.settings = resolve(settings_from_json(metadata.at("settings"), place));
        settle_shape(metadata, place, 0, about);
    }
    out.chosen = chosen_weights(*out.file, out.settings ? &*out.settings : nullptr, about.sample, weights,
                                place, about);
    out.weights = about.weights;
    out.remarks = std::move(about.remarks);
    out.step = steps_of(*out.file);
    return out;
}

LoadedModel open_plain_weights(const std::filesystem::path& path, std::int64_t side, Precision precision,
                               Team& team, const std::string& weights) {
    const std::string place = path.string();
    PlainWeights plain = read_plain_weights(path, weights);
    const auto& metadata = plain.file->metadata;
    LoadedModel out;
    out.step = plain.step;
    out.weights = plain.weights;
    out.remarks = std::move(plain.remarks);
    settle_shape(metadata, place, side, out);
    const bool said = plain.settings.has_value();
    if (said) out.settings = *plain.settings;
    const TensorFile& chosen = plain.chosen;
    std::string name;
    const PublishedModel* published = nullptr;
    if (out.sample.shape.rank() == 3) out.model = detected(shapes_of(chosen), out.sample, name, published);
    if (said) {
        if (out.model == nullptr) out.model = make_model(out.settings, out.sample);
        if (is_drawn_data(out.settings)) out.data = make_dataset(out.settings);
        if (out.data != nullptr && out.data->sample_shape() != out.sample.shape)
            out.data.reset();  // another side
        if (metadata.contains("architecture")) out.architecture = metadata.at("architecture");
        if (metadata.contains("recommended"))
            out.recommended = read_recommended(metadata.at("recommended"), place);
    } else {
        check(out.model != nullptr, "{}: its samples of shape {} are no images", place, out.sample.shape);
        out.settings = published_settings(name);
        if (published != nullptr) {
            out.architecture = published->name;
            out.recommended = published->recommended;
        }
    }
    take_weights(chosen, place, team, out);
    out.model->params().repack(team, out.eight_bits ? Precision::bf16 : precision);
    out.mapping = plain.file;
    return out;
}

namespace {

void check_blocks(const LoadedModel& model, const std::string& place) {
    if (std::ranges::none_of(model.model->params().all(),
                             [](const Param& param) { return becomes_bytes(param.name); }))
        throw UsageError(
            fmt::format("{}int8 is for the blocks of a transformer (model.name=mit or dit), of which this "
                        "network has none",
                        place),
            "f32 and bf16 serve every network");
}

}  // namespace

void make_eight_bits(LoadedModel& model, Team& team) {
    check_blocks(model, "");
    for (Param& param : model.model->params().all()) {
        if (!becomes_bytes(param.name) || !param.scales.empty()) continue;
        Tensor wide(param.shape, DType::f32);
        wide.copy_from(param.value);
        cpu::quantise_rows(wide, param.value, param.scales);
        param.prepared = nullptr;
    }
    model.eight_bits = true;
    model.model->params().repack(team, Precision::bf16);
}

void write_plain_weights(const std::filesystem::path& path, const LoadedModel& model, WeightsType type) {
    const auto& params = model.model->params().all();
    const bool eight = type == WeightsType::int8;
    if (eight) check_blocks(model, path.string() + ": ");
    TensorFile file;
    const auto add = [&](const std::string& name, const Tensor& given) {
        Tensor value(given.shape(), type == WeightsType::f32 ? DType::f32 : DType::bf16);
        value.copy_from(given);
        file.tensors.emplace(name, std::move(value));
    };
    for (const Param& param : params) {
        if (param.name.starts_with(kOfTraining)) continue;
        check(param.scales.empty(), "{}: {} has 8 bits already, which are for sampling", path.string(),
              param.name);
        if (eight && becomes_bytes(param.name))
            add_bytes(param.name, param.value, file);
        else
            add(param.name, param.value);
    }
    if (!eight)  // which is for sampling
        for (const auto& [name, tensor] : model.of_training) add(name, tensor);
    file.metadata = sample_kind_text(model.sample, model.class_names);
    if (eight) file.metadata["dtype"] = "int8";
    file.metadata["format"] = kWeightsFormat;
    file.metadata["program"] = fmt::format("meanflow {}", program_version());
    file.metadata["step"] = std::to_string(model.step);
    file.metadata["weights"] = model.weights;
    file.metadata["settings"] = settings_to_json(model.settings);
    if (!model.architecture.empty()) file.metadata["architecture"] = model.architecture;
    if (!model.recommended.empty()) file.metadata["recommended"] = recommended_text(model.recommended);
    write_safetensors(path, file);
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "train/plain_weights.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "models/dit.hpp"
#include "models/mit.hpp"
#include "train/build_info.hpp"
#include "train/make_model.hpp"
#include "train/settings_text.hpp"
#include "train/weight_sets.hpp"

namespace mf {
namespace {

constexpr std::string_view kWeightsFormat = "meanflow weights 1";
constexpr std::int64_t kUsualSide = 32;  // latents of 256 x 256 pixels, CIFAR-10

using NamedShapes = std::vector<std::pair<std::string, Shape>>;

NamedShapes shapes_of(const TensorFile& file) {
    NamedShapes out;
    for (const auto& [name, tensor] : file.tensors) out.emplace_back(name, tensor.shape());
    for (const auto& [name, tensor] : file.foreign) out.emplace_back(name, tensor.dims);
    return out;
}

/// The weights that are meant, under the names of this program. `settings`: what the file says of its training; null:
/// nothing, then it must hold a transformer.
TensorFile chosen_weights(const MappedSafetensors& file, const Settings* settings, const SampleKind& sample,
                          const std::string& wanted, const std::string& place, LoadedModel& out) {
    std::string anchor = "x_embedder.proj.weight";
    std::vector<WeightSet> sets = weight_sets(file, anchor);
    if (sets.empty() && settings != nullptr) {
        anchor = make_model(*settings, sample)->params().all().front().name;
        sets = weight_sets(file, anchor);
    }
    if (sets.empty())
        throw Error(
            fmt::format("{}: its weights are of no network that is known here", place),
            "names of an iMF transformer begin with net.x_embedder; 'meanflow info FILE' lists those of this "
            "file");
    const std::string own = file.metadata().contains("weights") ? file.metadata().at("weights") : "";
    const WeightSet& set = chosen_set(sets, wanted, own, place, out.remarks);
    const bool alone = sets.size() == 1 && !set.is_average();
    out.weights = sets.size() == 1 && !own.empty() ? own
                  : alone || set.prefix.empty()    ? "published"
                                                   : set.name();
    return set.taken_from(file);
}

/// What a network of these weights learnt, when nobody says: the published recipe of its family.
Settings published_settings(const std::string& model) {
    std::vector<ConfigItem> items = {{"model.name", model, ""},
                                     {"objective.name", model == "mit" ? "imf" : "mf", ""}};
    if (model == "mit") items.push_back({"objective.guidance", "flexible", ""});
    return resolve(items);
}

/// A transformer: sizes from the weights. Null when they are of no transformer that is known.
std::unique_ptr<VelocityModel> detected(const NamedShapes& weights, SampleKind& sample, std::string& name) {
    const auto has = [&](const char* one) {
        return std::ranges::find(weights, one, &NamedShapes::value_type::first) != weights.end();
    };
    const std::int64_t height = sample.shape[0], width = sample.shape[1];
    if (has("net.x_embedder.proj.weight")) {
        Mit::Config config = Mit::detect(weights, height, width);
        config.v_blocks = false;
        sample = {{height, width, config.channels}, config.classes};
        name = "mit";
        return std::make_unique<Mit>(config);
    }
    if (has("x_embedder.proj.weight")) {
        const Dit::Config config = Dit::detect(weights, height, width);
        sample = {{height, width, config.channels}, config.classes};
        name = "dit";
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

/// True for parameters that only training uses.
bool is_of_training(const std::string& name) { return name.starts_with("net.v_heads."); }

}  // namespace

bool holds_plain_weights(const std::filesystem::path& path) {
    const SafetensorsHeader header = read_safetensors_header(path);
    const auto format = header.metadata.find("format");
    return format == header.metadata.end() || !format->second.starts_with("meanflow checkpoint");
}

LoadedModel open_plain_weights(const std::filesystem::path& path, std::int64_t side, Precision precision,
                               Team& team, const std::string& weights) {
    const std::string place = path.string();
    auto file = std::make_shared<const MappedSafetensors>(path);
    const auto& metadata = file->metadata();
    LoadedModel out;
    if (metadata.contains("step")) {
        const std::string& step = metadata.at("step");
        std::from_chars(step.data(), step.data() + step.size(), out.step);
    }
    settle_shape(metadata, place, side, out);
    const bool said = metadata.contains("settings");
    if (said) out.settings = resolve(settings_from_json(metadata.at("settings"), place));
    const TensorFile chosen =
        chosen_weights(*file, said ? &out.settings : nullptr, out.sample, weights, place, out);
    std::string name;
    if (out.sample.shape.rank() == 3) out.model = detected(shapes_of(chosen), out.sample, name);
    if (said) {
        if (out.model == nullptr) out.model = make_model(out.settings, out.sample);
        if (!out.settings.has("data.path")) out.data = make_dataset(out.settings);
        if (out.data != nullptr && out.data->sample_shape() != out.sample.shape)
            out.data.reset();  // another side
    } else {
        check(out.model != nullptr, "{}: its samples of shape {} are no images", place, out.sample.shape);
        out.settings = published_settings(name);
    }
    // What is needed must be of a type that can be computed with.
    for (const Param& param : out.model->params().all())
        if (chosen.foreign.contains(param.name)) (void)chosen.at(param.name, place);
    out.model->params().bind(chosen.tensors, place);
    out.model->params().repack(team, precision);
    out.mapping = std::move(file);
    return out;
}

void write_plain_weights(const std::filesystem::path& path, const LoadedModel& model, Precision precision) {
    TensorFile file;
    for (const Param& param : model.model->params().all()) {
        if (is_of_training(param.name)) continue;
        Tensor value(param.shape, precision == Precision::bf16 ? DType::bf16 : DType::f32);
        value.copy_from(param.value);
        file.tensors.emplace(param.name, std::move(value));
    }
    file.metadata = sample_kind_text(model.sample, model.class_names);
    file.metadata["format"] = kWeightsFormat;
    file.metadata["program"] = fmt::format("meanflow {}", program_version());
    file.metadata["step"] = std::to_string(model.step);
    file.metadata["weights"] = model.weights;
    file.metadata["settings"] = settings_to_json(model.settings);
    write_safetensors(path, file);
}

}  // namespace mf

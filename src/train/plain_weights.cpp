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

namespace mf {
namespace {

constexpr std::string_view kFormat = "meanflow weights 1";
constexpr std::int64_t kUsualSide = 32;  // latents of 256 x 256 pixels, CIFAR-10

using NamedShapes = std::vector<std::pair<std::string, Shape>>;

NamedShapes shapes_of(const MappedSafetensors& file) {
    NamedShapes out;
    for (const auto& [name, tensor] : file.tensors()) out.emplace_back(name, tensor.shape());
    return out;
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
                               Team& team) {
    const std::string place = path.string();
    auto file = std::make_shared<const MappedSafetensors>(path);
    const auto& metadata = file->metadata();
    LoadedModel out;
    const auto word = [&](const char* key, const char* otherwise) {
        return metadata.contains(key) ? metadata.at(key) : std::string(otherwise);
    };
    out.weights = word("weights", "published");
    const std::string step = word("step", "0");
    std::from_chars(step.data(), step.data() + step.size(), out.step);
    settle_shape(metadata, place, side, out);
    std::string name;
    if (out.sample.shape.rank() == 3) out.model = detected(shapes_of(*file), out.sample, name);
    if (metadata.contains("settings")) {
        out.settings = resolve(settings_from_json(metadata.at("settings"), place));
        if (out.model == nullptr) out.model = make_model(out.settings, out.sample);
        if (!out.settings.has("data.path")) out.data = make_dataset(out.settings);
        if (out.data != nullptr && out.data->sample_shape() != out.sample.shape)
            out.data.reset();  // another side
    } else if (out.model != nullptr) {
        out.settings = published_settings(name);
    }
    if (out.model == nullptr)
        throw Error(
            fmt::format("{}: its weights are of no network that is known here", place),
            "names of an iMF transformer begin with net.x_embedder; 'meanflow info FILE' lists those of this "
            "file");
    out.model->params().bind(file->tensors(), place);
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
    file.metadata["format"] = kFormat;
    file.metadata["program"] = fmt::format("meanflow {}", program_version());
    file.metadata["step"] = std::to_string(model.step);
    file.metadata["weights"] = model.weights;
    file.metadata["settings"] = settings_to_json(model.settings);
    write_safetensors(path, file);
}

}  // namespace mf

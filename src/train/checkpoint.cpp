// SPDX-License-Identifier: MIT
#include "train/checkpoint.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "data/images.hpp"
#include "train/build_info.hpp"
#include "train/config.hpp"
#include "train/data_changes.hpp"
#include "train/make_model.hpp"
#include "train/settings_text.hpp"

namespace mf {
namespace {

constexpr std::string_view kFormat = "meanflow checkpoint 1";

/// What the trainer calls the weights themselves ("model.") and an average ("ema_0.999.").
std::string prefix_of(const std::string& weights) { return (weights == "online" ? "model" : weights) + "."; }

const std::string& metadata_of(const TensorFile& file, const std::string& key, const std::string& place) {
    const auto found = file.metadata.find(key);
    if (found == file.metadata.end())
        throw Error(fmt::format("{}: is no checkpoint of a run (its metadata lacks '{}')", place, key),
                    "'meanflow info FILE' shows what it holds");
    return found->second;
}

const Tensor& tensor_of(const Checkpoint& checkpoint, const std::string& name, const Shape& shape) {
    const auto found = checkpoint.file.tensors.find(name);
    check(found != checkpoint.file.tensors.end(), "{}: has no tensor {}", checkpoint.path.string(), name);
    check(found->second.shape() == shape && found->second.dtype() == DType::f32,
          "{}: tensor {} has shape {} and type {}, expected {} and f32", checkpoint.path.string(), name,
          found->second.shape().text(), name_of(found->second.dtype()), shape.text());
    return found->second;
}

std::vector<std::string> class_names_of(const Dataset& data) {
    return data.images() == nullptr ? std::vector<std::string>{} : data.images()->class_names();
}

/// The parameters with this prefix, laid out as `store` has them.
void gather(const Checkpoint& checkpoint, const std::string& prefix, const ParamStore& store,
            std::span<float> out) {
    for (const Param& param : store.all()) {
        const Tensor& tensor = tensor_of(checkpoint, prefix + param.name, param.shape);
        std::ranges::copy(tensor.floats(), out.begin() + param.offset);
    }
}

}  // namespace

void read_sample_kind(const std::map<std::string, std::string>& metadata, const std::string& place,
                      LoadedModel& out) {
    const auto text = [&](const std::string& key) -> const std::string& {
        const auto found = metadata.find(key);
        check(found != metadata.end(), "{}: its metadata lacks '{}'", place, key);
        return found->second;
    };
    const auto number = [&](const std::string& key, const std::string& word) {
        std::int64_t value = -1;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        check(error == std::errc() && end == word.data() + word.size() && value >= 0,
              "{}: its metadata '{}' is '{}', expected numbers", place, key, text(key));
        return value;
    };
    for (const std::string& side : split_list(text("sample_shape"))) {
        check(out.sample.shape.rank() < 3,
              "{}: its metadata 'sample_shape' is '{}', expected at most three numbers", place,
              text("sample_shape"));
        out.sample.shape.push(number("sample_shape", side));
    }
    out.sample.classes = number("classes", text("classes"));
    std::istringstream lines(text("class_names"));
    for (std::string line; std::getline(lines, line);) out.class_names.push_back(line);
}

std::map<std::string, std::string> sample_kind_text(const SampleKind& kind,
                                                    const std::vector<std::string>& class_names) {
    return {{"sample_shape", fmt::format("{}", fmt::join(kind.shape, ","))},
            {"classes", std::to_string(kind.classes)},
            {"class_names", fmt::format("{}", fmt::join(class_names, "\n"))}};
}

void save_checkpoint(const std::filesystem::path& path, Trainer& trainer, const Settings& settings) {
    TensorFile file;
    for (auto& [name, tensor] : trainer.state()) file.tensors[name] = tensor;
    file.metadata = {
        {"format", std::string(kFormat)},
        {"program", fmt::format("meanflow {}", program_version())},
        {"step", std::to_string(trainer.steps_done())},
        {"architecture", settings.text("model.name")},
        {"objective", settings.text("objective.name")},
        {"settings", settings_to_json(settings)},
        {"checksum", checksum_of(file)},
    };
    file.metadata.merge(sample_kind_text(kind_of(trainer.data()), class_names_of(trainer.data())));
    file.metadata.merge(data_print_text(trainer.data_print()));
    write_safetensors(path, file);
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
    const std::string place = path.string();
    Checkpoint out{path, 0, {}, read_safetensors(path)};
    const std::string& format = metadata_of(out.file, "format", place);
    if (format != kFormat)
        throw Error(fmt::format("{}: has format '{}', this command reads '{}'", place, format, kFormat),
                    "files of weights alone are for sample, eval and plot; a run has checkpoints");
    check(metadata_of(out.file, "checksum", place) == checksum_of(out.file),
          "{}: is damaged: its numbers do not match its checksum", place);
    out.step = std::stoll(metadata_of(out.file, "step", place));
    out.settings = resolve(settings_from_json(metadata_of(out.file, "settings", place), place));
    return out;
}

void restore(Trainer& trainer, const Checkpoint& checkpoint) {
    try {
        trainer.load({checkpoint.file.tensors.begin(), checkpoint.file.tensors.end()}, checkpoint.step);
    } catch (const Error& error) {
        throw Error(fmt::format("{}: {}", checkpoint.path.string(), error.what()), error.hint());
    }
}

std::vector<std::string> weights_in(const Checkpoint& checkpoint) {
    std::vector<std::string> out = {"online"};
    for (const std::string& decay : checkpoint.settings.texts("ema.decays")) out.push_back("ema_" + decay);
    return out;
}

std::string chosen_weights_of(const Checkpoint& checkpoint, const std::string& weights) {
    const std::vector<std::string> known = weights_in(checkpoint);
    const std::string name = weights == "ema" ? known.back() : weights;
    if (std::ranges::find(known, name) == known.end())
        throw UsageError(fmt::format("{}: has no weights '{}'", checkpoint.path.string(), weights),
                         fmt::format("it has {}", fmt::join(known, ", ")));
    return name;
}

LoadedModel load_model(const Checkpoint& checkpoint, const std::string& weights, Team& team,
                       Precision precision) {
    const std::string name = chosen_weights_of(checkpoint, weights);
    LoadedModel out;
    out.settings = checkpoint.settings;
    out.step = checkpoint.step;
    out.weights = name;
    read_sample_kind(checkpoint.file.metadata, checkpoint.path.string(), out);
    if (is_drawn_data(out.settings)) out.data = make_dataset(out.settings);
    out.model = make_model(out.settings, out.sample);
    gather(checkpoint, prefix_of(name), out.model->params(), out.model->params().flat());
    out.model->params().repack(team, precision);
    return out;
}

LoadedModel initial_model(const Settings& settings, Team& team, Precision precision) {
    const std::unique_ptr<Dataset> data = make_dataset(settings, {.threads = team.size()});
    LoadedModel out;
    out.settings = settings;
    out.weights = "online";
    out.sample = kind_of(*data);
    out.class_names = class_names_of(*data);
    out.model = make_model(settings, out.sample);
    if (is_drawn_data(settings)) out.data = make_dataset(settings);
    out.model->initialise(static_cast<std::uint64_t>(settings.integer("seed")));
    out.model->params().repack(team, precision);
    return out;
}

}  // namespace mf

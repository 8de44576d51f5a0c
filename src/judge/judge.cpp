// SPDX-License-Identifier: MIT
#include "judge/judge.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include <fmt/ranges.h>

#include "data/class_words.hpp"
#include "io/safetensors.hpp"
#include "train/build_info.hpp"
#include "train/make_model.hpp"
#include "train/settings_text.hpp"

namespace mf {
namespace {

constexpr std::string_view kJudgeFormat = "meanflow judge 1";

/// One entry of a file's metadata, and numbers read from it.
struct Words {
    const TensorFile& file;
    const std::string& place;

    const std::string& text(const std::string& key) const {
        const auto found = file.metadata.find(key);
        if (found == file.metadata.end())
            throw Error(fmt::format("{}: is no judge (its metadata lacks '{}')", place, key),
                        "'meanflow train-classifier --out FILE' writes one");
        return found->second;
    }
    std::int64_t integer(const std::string& key) const { return integer_in(key, text(key)); }
    std::int64_t integer_in(const std::string& key, const std::string& word) const {
        std::int64_t out = 0;
        const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), out);
        check(code == std::errc() && end == word.data() + word.size() && out >= 0,
              "{}: '{}' in its metadata is '{}', expected a number", place, key, word);
        return out;
    }
    double real(const std::string& key) const {
        double out = 0;
        const std::string& word = text(key);
        const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), out);
        check(code == std::errc() && end == word.data() + word.size(),
              "{}: '{}' in its metadata is '{}', expected a number", place, key, word);
        return out;
    }
};

void read_kind(const Words& words, Judge& out) {
    for (const std::string& side : split_list(words.text("sample_shape")))
        out.sample.shape.push(words.integer_in("sample_shape", side));
    out.sample.classes = words.integer("classes");
    const Shape& shape = out.sample.shape;
    check(shape.rank() == 3 &&
              std::ranges::all_of(shape, [](std::int64_t n) { return n > 0 && n <= 4096; }) &&
              out.sample.classes <= 1'000'000,
          "{}: is for {} classes of samples {}, which are no images", words.place, out.sample.classes, shape);
    std::istringstream lines(words.text("class_names"));
    for (std::string line; std::getline(lines, line);) out.class_names.push_back(line);
}

}  // namespace

void save_judge(const std::filesystem::path& path, ClassifierTrainer& trainer, double accuracy) {
    TensorFile file;
    ParamStore& params = trainer.classifier().params();
    for (const Param& param : params.all())
        file.tensors[param.name] =
            Tensor::view_of(params.flat().data() + param.offset, param.shape, DType::f32);
    const ImageDataset& data = trainer.data().all();
    file.metadata = {
        {"format", std::string(kJudgeFormat)},
        {"program", fmt::format("meanflow {}", program_version())},
        {"step", std::to_string(trainer.steps_done())},
        {"settings", settings_to_json(trainer.settings())},
        {"data", trainer.settings().text("data.name")},
        {"sample_shape", fmt::format("{}", fmt::join(data.sample_shape(), ","))},
        {"classes", std::to_string(data.classes())},
        {"class_names", fmt::format("{}", fmt::join(data.class_names(), "\n"))},
        {"accuracy", fmt::format("{:.4f}", accuracy)},
        {"held", trainer.data().held_name()},
        {"checksum", checksum_of(file)},
    };
    write_safetensors(path, file);
}

Judge load_judge(const std::filesystem::path& path, Team& team) {
    const std::string place = path.string();
    const TensorFile file = read_safetensors(path);
    const Words words{file, place};
    if (const std::string& format = words.text("format"); format != kJudgeFormat)
        throw Error(
            fmt::format("{}: is no judge; it has format '{}', expected '{}'", place, format, kJudgeFormat),
            "'meanflow train-classifier --out FILE' writes one");
    check(words.text("checksum") == checksum_of(file),
          "{}: is damaged: its numbers do not match its checksum", place);
    Judge out;
    out.path = path;
    out.settings = resolve_classifier(settings_from_json(words.text("settings"), place));
    out.step = words.integer("step");
    read_kind(words, out);
    out.accuracy = words.real("accuracy");
    out.held = words.text("held");
    out.classifier = std::make_unique<ImageClassifier>(ImageClassifier::configure(out.settings, out.sample));
    ParamStore& params = out.classifier->params();
    for (const Param& param : params.all()) {
        const auto found = file.tensors.find(param.name);
        check(found != file.tensors.end(), "{}: has no tensor {}", place, param.name);
        const Tensor& tensor = found->second;
        check(tensor.shape() == param.shape && tensor.dtype() == DType::f32,
              "{}: tensor {} is {} {}, expected {} f32", place, param.name, tensor.shape(),
              name_of(tensor.dtype()), param.shape);
        std::ranges::copy(tensor.floats(), params.flat().begin() + param.offset);
    }
    params.repack(team, Precision::f32);
    return out;
}

void start_from(ClassifierTrainer& trainer, const Judge& judge) {
    const ImageDataset& data = trainer.data().all();
    const JudgeLabels moved = check_fits(judge, kind_of(data), data.class_names(),
                                         "data.name=" + trainer.settings().text("data.name"));
    check_usage(moved.empty(), "{}: numbers its classes in another order: {}; make the trainer with it",
                judge.path.string(), some_of(judge.class_names));
    const auto &own = trainer.classifier().params().all(), &other = judge.classifier->params().all();
    const bool same = std::ranges::equal(
        own, other, [](const Param& a, const Param& b) { return a.name == b.name && a.shape == b.shape; });
    check_usage(same, "{}: was trained with other classifier.* keys, its weights fit no other network",
                judge.path.string());
    trainer.load(judge.classifier->params().flat());
}

JudgeLabels check_fits(const Judge& judge, const SampleKind& sample,
                       const std::vector<std::string>& class_names, const std::string& what) {
    const std::string hint = "train a judge on the same data set: meanflow train-classifier data.name=...";
    if (sample.shape != judge.sample.shape)
        throw UsageError(fmt::format("{}: judges images of shape {}; {} has {}", judge.path.string(),
                                     judge.sample.shape, what, sample.shape),
                         hint);
    if (sample.classes == 0) return {};
    if (sample.classes != judge.sample.classes)
        throw UsageError(fmt::format("{}: knows {} classes; {} has {}", judge.path.string(),
                                     judge.sample.classes, what, sample.classes),
                         hint);
    if (class_names.empty() || judge.class_names.empty() || class_names == judge.class_names) return {};
    JudgeLabels out;
    for (const std::string& name : class_names) {
        const auto found = std::ranges::find(judge.class_names, name);
        if (found == judge.class_names.end())
            throw UsageError(fmt::format("{}: knows no class '{}' of {}; it knows {}", judge.path.string(),
                                         name, what, some_of(judge.class_names)),
                             hint);
        out.push_back(static_cast<std::int32_t>(found - judge.class_names.begin()));
    }
    return out;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "judge/inception_eval.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "data/data_print.hpp"
#include "generate/sample_file.hpp"
#include "io/npz.hpp"
#include "judge/generated.hpp"
#include "train/data_plan.hpp"
#include "train/make_model.hpp"

namespace mf {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kUsualCount = 50000;
constexpr int kSmallSide = 32;

bool has_images(const fs::path& path) {
    const ArrayFile file(path);
    return file.is_single() || file.has("arr_0") || file.has("samples");
}

/// Without the last slash, which would put a name into the folder.
fs::path plain(const fs::path& path) { return path.has_filename() ? path : path.parent_path(); }

std::string key_of(const Settings& settings) {
    std::string key;
    for (const auto& [name, value] : settings.items())
        if (name.starts_with("data.")) key += " " + name + "=" + value;
    return key;
}

}  // namespace

InceptionEval::InceptionEval(InceptionRequest request, EvalRequest sampling, Team& team)
    : request_(std::move(request)),
      sampling_(std::move(sampling)),
      team_(team),
      inception_(open_inception(request_.inception, request_.network_precision, team)) {
    if (!inception_.remark.empty()) tell(sampling_.remarks, inception_.remark);
    choose_variant();
}

/// What the reference says, or the one that was asked for.
void InceptionEval::choose_variant() {
    const fs::path path = request_.reference;
    std::string known;
    if (!request_.reference.empty() && !fs::is_directory(path) && holds_statistics(path)) {
        reference_ = read_statistics(path);
        reference_key_ = request_.reference;
        check_features();
        const auto found = reference_->about.find("variant");
        known = found != reference_->about.end() ? found->second
                : reference_->mean_name != "mu"  ? "imf-jax"
                : reference_->spatial            ? "adm"
                                                 : "imf-torch";
        if (request_.variant == "auto" && found == reference_->about.end())
            tell(sampling_.remarks,
                 fmt::format("{}: does not say how its pictures were resized; by its arrays --fid-variant {}",
                             request_.reference, known));
        check_usage(
            request_.variant == "auto" || found == reference_->about.end() || request_.variant == known,
            "--fid-variant {}: {} was made by {}", request_.variant, request_.reference, known);
        const auto network = reference_->about.find("network");
        if (network != reference_->about.end() && network->second != inception_.print)
            tell(sampling_.remarks,
                 fmt::format("{}: was made by another file of the network, or in another precision",
                             request_.reference));
        reference_text_ =
            fmt::format("{} ({})", request_.reference,
                        reference_->count > 0 ? fmt::format("{} images", reference_->count) : "statistics");
    }
    variant_ = &fid_variant(request_.variant != "auto" ? request_.variant
                            : known.empty()            ? "imf-jax"
                                                       : known);
}

/// Before hours of work, not behind them.
void InceptionEval::check_features() const {
    const std::int64_t known = reference_->features.dim(), own = inception_.network->features();
    if (known == own) return;
    const bool earlier = known == 64 || known == 192 || known == 768;
    throw Error(fmt::format("{}: statistics of {} features; {} gives {}", request_.reference, known,
                            inception_.path.string(), own),
                earlier
                    ? "they are of an earlier layer (pytorch-fid --dims); the published FID has 2048 features"
                    : "statistics must be of the same layer of the same network");
}

MeasureRequest InceptionEval::measure_request(const std::string& name, const fs::path& state) const {
    return {.state = state,
            .save_seconds = request_.save_seconds,
            .name = name,
            .remarks = sampling_.remarks,
            .progress = sampling_.progress,
            .wants_stop = request_.wants_stop};
}

/// `beside`: what is judged.
fs::path InceptionEval::state_path(const fs::path& beside, const std::string& print) const {
    if (request_.state == "none") return {};
    if (request_.state != "auto") return request_.state;
    const std::uint64_t digest = digest_of(fmt::format("{} {} {}", print, inception_.print, variant_->name));
    return plain(beside).string() + fmt::format(".fid-{:08x}.state", digest & 0xFFFFFFFFU);
}

/// Statistics of the reference's pictures, from `cache` where they are there and still true.
bool InceptionEval::have_measured(const std::string& what, PictureSource& source, const fs::path& cache) {
    const std::string print = source.print();
    std::error_code code;
    if (!cache.empty() && fs::exists(cache, code)) {
        FeatureStatistics stored = read_statistics(cache);
        if (stored.about["print"] == print && stored.about["network"] == inception_.print &&
            stored.about["variant"] == variant_->name) {
            tell(sampling_.progress, fmt::format("{}: statistics from {}", what, cache.string()));
            reference_ = std::move(stored);
            return true;
        }
        tell(sampling_.remarks,
             fmt::format("{}: is of other pictures, or another network; made again", cache.string()));
    }
    tell(sampling_.progress, fmt::format("{}: features of {} images", what, source.count()));
    const fs::path state =
        cache.empty() || request_.state == "none" ? fs::path() : fs::path(cache.string() + ".state");
    const FeatureSums sums = measure(inception_, source, *variant_, measure_request(what, state), team_);
    if (!sums.complete()) return false;
    reference_ = statistics_of(sums);
    reference_->about = {{"print", print}, {"network", inception_.print}, {"variant", variant_->name}};
    if (cache.empty()) return true;
    try {
        write_statistics(cache, *reference_);
        fs::remove(state, code);
    } catch (const Error& error) {
        tell(sampling_.remarks, fmt::format("statistics are not kept: {}", error.what()));
    }
    return true;
}

/// The settings of a network with those of the request on top; weights of others do not say what they were trained on.
Settings InceptionEval::with_data(const LoadedModel& loaded) const {
    if (!loaded.settings.was_set("data.name")) return resolve(sampling_.data);
    Settings out = loaded.settings;
    for (const ConfigItem& item : sampling_.data) out.set(item.key, item.value);
    return out;
}

/// The data set: a network's own, or that of the request. Without either `reference_` stays empty.
bool InceptionEval::have_data(const std::string& target, const LoadedModel* model) {
    const bool own = model != nullptr && model->settings.was_set("data.name");
    if (!own && sampling_.data.empty()) {
        check_usage(model == nullptr || !request_.save_statistics.empty(),
                    "{}: does not say what it was trained on; --ref says what to compare with", target);
        return true;
    }
    const Settings settings = model != nullptr ? with_data(*model) : resolve(sampling_.data);
    const std::string key = key_of(settings);
    if (key == reference_key_) return true;
    const auto data =
        make_dataset(settings, own && sampling_.data.empty() ? plan_of(*model, team_.size())
                                                             : DataPlan{.threads = team_.size()});
    const std::string name = "data.name=" + settings.text("data.name");
    if (data->images() == nullptr)
        throw UsageError(fmt::format("{}: holds no images to compare with", name),
                         "--ref says what to compare with: statistics, or a folder of pictures");
    const std::int64_t most = request_.reference_count > 0 ? request_.reference_count
                              : data->size() > 0           ? 0
                              : sampling_.count > 0        ? sampling_.count
                                                           : kUsualCount;
    const auto source = pictures_of_data(*data->images(), most, name, variant_->bytes);
    if (!have_measured(name, *source, {})) return false;
    reference_key_ = key;
    reference_text_ = fmt::format("{} ({} images)", name, source->count());
    return true;
}

/// False when it was stopped.
bool InceptionEval::have_reference(const std::string& target, const LoadedModel* model,
                                   const PictureSize& size) {
    const std::string& named = request_.reference;
    if (named.empty()) return have_data(target, model);
    const bool folder = fs::is_directory(named), statistics = reference_ && reference_key_ == named;
    if (statistics && (!reference_->kept.empty() || !has_images(named))) return true;
    CropPlan crop{request_.crop, size.height == size.width ? size.height : 0};
    const std::string key = fmt::format("{} {}", named, folder ? crop.side : 0);
    if (key == reference_key_) return true;
    const auto source = folder ? pictures_of_folder(named, request_.reference_count, crop, sampling_.remarks)
                               : pictures_of_arrays(named, request_.reference_count, variant_->bytes);
    const std::string tail =
        folder && crop.side > 0 && crop.rule != "none" ? fmt::format("-{}{}", crop.rule, crop.side) : "";
    const fs::path cache = plain(named).string() + fmt::format(".fid-{}{}.npz", variant_->name, tail);
    std::optional<FeatureStatistics> stored;
    if (statistics) stored = reference_;
    if (!have_measured(named, *source, cache)) return false;
    // Statistics of all images and features of some, as ADM's files have them.
    if (stored) {
        stored->kept = reference_->kept;
        reference_ = std::move(stored);
    }
    reference_key_ = key;
    if (!statistics) reference_text_ = fmt::format("{} ({} images)", named, source->count());
    return true;
}

bool InceptionEval::score(PictureSource& source, const EvalSource& of, const fs::path& beside) {
    const PictureSize size = source.size();
    if (std::min(size.height, size.width) < kSmallSide)
        tell(
            sampling_.remarks,
            fmt::format("{}: pictures of {} x {} are enlarged to {} x {}, which the network was not made for",
                        of.source, size.width, size.height, Inception::kSide, Inception::kSide));
    const fs::path state = state_path(beside, source.print());
    const std::string name =
        of.steps > 0 ? fmt::format("{} in {} step{}", of.source, of.steps, of.steps == 1 ? "" : "s")
                     : of.source;
    tell(sampling_.progress, fmt::format("{}: {} images", name, source.count()));
    const FeatureSums sums = measure(inception_, source, *variant_, measure_request(name, state), team_);
    if (!state.empty()) states_.push_back(state);
    if (!sums.complete()) return false;
    InceptionResult result{of, {}, reference_.has_value()};
    if (reference_) {
        result.scores = score_against(sums, *reference_, team_);
    } else {
        const InceptionScore score = sums.inception_score();
        result.scores.inception_score = {score.mean, score.std};
        result.scores.n = sums.rows();
    }
    if (!request_.save_statistics.empty()) {
        FeatureStatistics own = statistics_of(sums);
        own.about = {{"print", source.print()}, {"network", inception_.print}, {"variant", variant_->name}};
        write_statistics(request_.save_statistics, own);
    }
    results_.push_back(std::move(result));
    return true;
}

bool InceptionEval::add_model(const LoadedModel& loaded, const std::string& target,
                              const SampleRequest& sampling) {
    const auto source = pictures_of_model(loaded, sampling, target, variant_->bytes, team_);
    if (!have_reference(target, &loaded, source->size())) return false;
    return score(*source, {target, loaded.weights, loaded.step, sampling.steps}, target);
}

std::string InceptionEval::print_of(const LoadedModel& loaded, const std::string& target,
                                    SampleRequest sampling) const {
    sampling.guidance.omega = sampling.guidance.t_min = sampling.guidance.t_max = {};
    sampling.steps = 1;
    const auto source = pictures_of_model(loaded, sampling, target, variant_->bytes, team_);
    const std::string& named = request_.reference;
    const std::string reference = named.empty()                ? key_of(with_data(loaded))
                                  : fs::is_regular_file(named) ? file_print(named)
                                                               : named;
    return fmt::format("{:016x}",
                       digest_of(fmt::format("{} | {} | {} images | {} | {} | {} {}", source->print(),
                                             inception_.print, sampling.count, variant_->name, reference,
                                             request_.crop, request_.reference_count)));
}

bool InceptionEval::add(const std::string& target) {
    if (is_picture_folder(target) || is_sample_file(target)) {
        const auto source = fs::is_directory(target)
                                ? pictures_of_folder(target, sampling_.count, {"none", 0}, sampling_.remarks)
                                : pictures_of_arrays(target, sampling_.count, variant_->bytes);
        return have_reference(target, nullptr, source->size()) && score(*source, {.source = target}, target);
    }
    const LoadedModel loaded = open_for_evaluation(target, sampling_, team_);
    SampleRequest sampling = sampling_.sampling;
    sampling.count = sampling_.count == 0 ? kUsualCount : sampling_.count;
    for (const std::string& line : label_remarks(loaded, sampling.guidance.labels))
        tell(sampling_.remarks, line);
    for (const std::int64_t n : sampling_.steps.empty() ? std::vector<std::int64_t>{1} : sampling_.steps) {
        sampling.steps = static_cast<int>(n);
        if (!add_model(loaded, target, sampling)) return false;
    }
    return true;
}

void InceptionEval::remove_states() {
    std::error_code code;
    for (const fs::path& state : states_) fs::remove(state, code);
    states_.clear();
}

}  // namespace mf

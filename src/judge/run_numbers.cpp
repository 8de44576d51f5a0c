// SPDX-License-Identifier: MIT
#include "judge/run_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "generate/guidance.hpp"
#include "generate/open_model.hpp"
#include "generate/sampling.hpp"
#include "judge/image_report.hpp"
#include "judge/judge.hpp"
#include "judge/point_report.hpp"
#include "train/data_plan.hpp"
#include "train/make_model.hpp"
#include "train/metrics_log.hpp"
#include "train/run_folder.hpp"

namespace mf {
namespace {

using Numbers = std::vector<std::pair<std::string, double>>;

constexpr std::int64_t kPoints = 10000, kImages = 1000;

double mean_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation_of(std::span<const double> values) {
    const double mean = mean_of(values);
    double sum = 0;
    for (const double value : values) sum += (value - mean) * (value - mean);
    return std::sqrt(sum / static_cast<double>(values.size()));
}

Numbers of_points(const LoadedModel& loaded, const Dataset& data, const NumbersRequest& request, Team& team) {
    SampleRequest sampling;
    sampling.count = request.count > 0 ? request.count : kPoints;
    sampling.seed = request.seed;
    const Samples samples = draw_samples(loaded, sampling, team);
    Numbers out;
    for (const auto& [name, value] :
         named(score_points(as_rows(samples.values, 2), points_of(data, "a comparison"), request.seed, team)))
        if (name == "inside" || name == "swd" || name == "energy") out.emplace_back(name, value);
    return out;
}

Numbers of_images(const std::filesystem::path& run, const LoadedModel& loaded, const Dataset& data,
                  const NumbersRequest& request, Team& team) {
    SampleRequest sampling;
    sampling.count = request.count > 0 ? request.count : kImages;
    sampling.seed = request.seed;
    sampling.guidance = acting_part(loaded, guidance_of_keys(loaded.settings, "sample"));
    const Samples samples = draw_samples(loaded, sampling, team);
    const ImageDataset& images = *data.images();
    std::optional<Judge> judge;
    JudgeLabels judge_labels;
    if (const std::string& path = loaded.settings.text("evaluate.judge"); !path.empty()) {
        judge.emplace(load_judge(path, team));
        judge_labels = check_fits(*judge, loaded.sample, loaded.class_names, run.string());
    }
    const ImageReference reference(images, judge ? judge->classifier.get() : nullptr, sampling.count, team,
                                   judge_labels);
    const std::vector<std::int32_t> labels =
        labels_of(loaded, sampling.guidance.labels, sampling.seed, sampling.count);
    return named(reference.score(samples.values, labels, team));
}

void add_training(Numbers& out, const std::filesystem::path& run, std::int64_t dimensions) {
    std::vector<double> squares = read_curve(run / "metrics.jsonl", "square_u").values;
    if (squares.empty()) return;
    for (double& value : squares) value /= static_cast<double>(dimensions);
    const std::span<const double> all(squares);
    out.emplace_back("residual", mean_of(all.last(std::min<std::size_t>(100, all.size()))));
    out.emplace_back("residual_std", deviation_of(all.last(std::max<std::size_t>(1, all.size() / 5))));
    std::vector<double> ms = read_curve(run / "metrics.jsonl", "ms").values;
    std::ranges::nth_element(ms, ms.begin() + std::ssize(ms) / 2);
    if (!ms.empty()) out.emplace_back("ms", ms[ms.size() / 2]);
}

}  // namespace

Numbers run_numbers(const std::filesystem::path& run, const NumbersRequest& request, Team& team) {
    std::vector<std::string> remarks;
    LoadedModel loaded = load_model(find_checkpoint(run, -1, remarks), request.weights, team);
    put_on_device(loaded, request.device, Precision::f32, team);
    for (const std::string& line : remarks) tell(request.remarks, line);
    const std::unique_ptr<Dataset> data = make_dataset(loaded.settings, plan_of(loaded, team.size()));
    Numbers out = data->points() != nullptr ? of_points(loaded, *data, request, team)
                                            : of_images(run, loaded, *data, request, team);
    add_training(out, run, loaded.sample.shape.count());
    return out;
}

}  // namespace mf

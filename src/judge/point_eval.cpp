// SPDX-License-Identifier: MIT
#include "judge/point_eval.hpp"

#include <memory>

#include "generate/sample_file.hpp"
#include "train/make_model.hpp"

namespace mf {
namespace {

PointResult of_file(const std::string& path, const EvalRequest& request, Team& team) {
    const std::unique_ptr<Dataset> data = make_dataset(resolve(request.data));
    const std::vector<float> points = read_points(path);
    return {{.source = path},
            score_points(as_rows(points, 2), points_of(*data, "eval"), request.sampling.seed, team)};
}

}  // namespace

std::vector<PointResult> eval_points(const std::string& target, const EvalRequest& request, Team& team) {
    if (is_sample_file(target)) return {of_file(target, request, team)};
    const LoadedModel loaded = open_for_evaluation(target, request, team);
    const PointDataset& data = points_of(loaded, "eval");
    SampleRequest sampling = request.sampling;
    sampling.count = request.count == 0 ? 20000 : request.count;
    std::vector<PointResult> out;
    for (const std::int64_t steps :
         request.steps.empty() ? std::vector<std::int64_t>{1, 2, 4, 8, 100} : request.steps) {
        sampling.steps = static_cast<int>(steps);
        const Samples samples = draw_samples(loaded, sampling, team);
        out.push_back({{target, loaded.weights, loaded.step, sampling.steps},
                       score_points(as_rows(samples.values, 2), data, sampling.seed, team)});
    }
    return out;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
// A transformer small enough for a test of a moment, and a few samples of it.
#pragma once

#include <string>
#include <vector>

#include "nn/initial_weights.hpp"
#include "sample/sampler.hpp"
#include "train/config.hpp"
#include "train/plain_weights.hpp"

namespace mf::test {

/// Model "mit" or "dit" on 8 x 8 x 2 noise of 5 classes.
inline LoadedModel tiny_network(const std::string& model, int depth, Team& team) {
    std::vector<ConfigItem> items = {{"data.name", "noise", ""},
                                     {"data.size", "8", ""},
                                     {"data.channels", "2", ""},
                                     {"data.classes", "5", ""},
                                     {"model.name", model, ""},
                                     {"model.size", "T", ""},
                                     {"model.patch", "2", ""},
                                     {"model.hidden", "64", ""},
                                     {"model.depth", std::to_string(depth), ""},
                                     {"model.heads", model == "dit" ? "1" : "4", ""}};
    if (model == "mit")
        items.insert(items.end(), {{"model.head_depth", "1", ""}, {"objective.guidance", "flexible", ""}});
    LoadedModel out = initial_model(resolve(items), team);
    for (Param& param : out.model->params().all())
        fill_normal(param, 7, 0.05);  // no part may be zero, or its weights would not show
    out.model->params().repack(team, Precision::f32);
    return out;
}

/// One sample of each of the first four classes, (4, 8, 8, 2).
inline std::vector<float> four_samples(const LoadedModel& model, int steps, Precision precision, Team& team) {
    std::vector<float> z = sampling_noise(3, 0, 4, model.sample.shape.count());
    Condition condition;
    condition.labels = Tensor({4}, DType::i32);
    for (std::int32_t i = 0; i < 4; ++i) static_cast<std::int32_t*>(condition.labels.raw())[i] = i;
    sample(team, *model.model, {.times = uniform_times(steps), .precision = precision}, condition, z,
           model.sample.shape.count());
    return z;
}

}  // namespace mf::test

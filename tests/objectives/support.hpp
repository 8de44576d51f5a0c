// SPDX-License-Identifier: MIT
#pragma once

#include "models/toy.hpp"
#include "objectives/objective.hpp"
#include "train/config.hpp"

namespace mf {

/// Settings of a run from "key=value" words; all else has its default.
inline Settings settings_of(const std::vector<std::string>& words) {
    std::vector<ConfigItem> items;
    for (const std::string& word : words) items.push_back(parse_override(word));
    return resolve(items);
}

inline std::unique_ptr<Objective> objective_of(const std::vector<std::string>& words) {
    const Settings settings = settings_of(words);
    return objective_catalogue().at(settings.text("objective.name")).make(settings);
}

/// The toy's batch; its first four rows have r = t, and `equal` of them are declared to have.
inline Draws toy_draws(const Toy& toy, std::int64_t equal) {
    Draws out;
    out.x = toy.tensor("x");
    out.e = toy.tensor("e");
    out.t = toy.tensor("t");
    out.r = toy.tensor("r");
    out.equal = equal;
    out.batch = out.x.rows();
    return out;
}

/// Loss, sums and gradients of one batch.
struct LossRun {
    LossRun(Toy& toy, const VelocityModel& model, const Objective& objective, const Draws& draws,
            Precision precision = Precision::f32)
        : gradients(model.params()) {
        Tape tape(&gradients, toy.device);
        LossTotals totals(toy.pool);
        const Dual total = objective.loss(toy.context(&tape, precision), model, draws, totals);
        sums = totals.read(toy.device);
        loss = total.value.f32()[0];
        tape.backward(total.slot, toy.pool);
    }
    std::span<const float> gradient(const Param& param) {
        return {gradients.of(param), static_cast<std::size_t>(param.shape.count())};
    }

    float loss = 0;
    LossSums sums;
    Gradients gradients;
};

}  // namespace mf

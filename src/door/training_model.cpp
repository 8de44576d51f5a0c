// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "data/images.hpp"
#include "door/training.hpp"
#include "train/average_remark.hpp"
#include "train/make_model.hpp"

namespace mf::door {

LoadedModel model_of(const Trainer& trainer, const Settings& settings, const std::string& weights,
                     Precision precision, Team& team) {
    const std::vector<Weights> all = trainer.weights();
    const auto found = weights == "ema" ? all.end() - 1 : std::ranges::find(all, weights, &Weights::name);
    if (found == all.end()) {
        std::vector<std::string> names;
        for (const Weights& one : all) names.push_back(one.name);
        throw UsageError(fmt::format("[train] there are no weights '{}'", weights),
                         fmt::format("there are {}", fmt::join(names, ", ")));
    }
    LoadedModel out;
    out.settings = settings;
    out.step = trainer.steps_done();
    out.weights = found->name;
    out.sample = kind_of(trainer.data());
    if (trainer.data().images() != nullptr) out.class_names = trainer.data().images()->class_names();
    if (is_drawn_data(settings)) out.data = make_dataset(settings);
    out.model = make_model(settings, out.sample);
    std::ranges::copy(found->values, out.model->params().flat().begin());
    out.model->params().repack(team, precision);
    if (std::string line = average_remark(out, false); !line.empty()) out.remarks.push_back(std::move(line));
    return out;
}

}  // namespace mf::door

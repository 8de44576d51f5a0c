// SPDX-License-Identifier: MIT
#include "train/make_model.hpp"

#include "models/catalogue.hpp"
#include "objectives/objective.hpp"

namespace mf {

std::unique_ptr<Dataset> make_dataset(const Settings& settings) {
    return dataset_catalogue().at(settings.text("data.name")).make(settings);
}

std::unique_ptr<VelocityModel> make_model(const Settings& settings, const Dataset& data) {
    Settings own = settings;
    if (own.has("model.times") && own.text("model.times") == "auto") {
        const auto objective = objective_catalogue().at(settings.text("objective.name")).make(settings);
        own.set("model.times", objective->needs_interval() ? "t,r" : "t");
    }
    return model_catalogue().at(own.text("model.name")).make(own, data.sample_shape());
}

}  // namespace mf

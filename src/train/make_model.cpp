// SPDX-License-Identifier: MIT
#include "train/make_model.hpp"

#include "data/arrays.hpp"
#include "models/catalogue.hpp"

namespace mf {

std::unique_ptr<Dataset> make_dataset(const Settings& settings, const DataPlan& plan) {
    return dataset_catalogue().at(settings.text("data.name")).make(settings, plan);
}

bool is_drawn_data(const Settings& settings) {
    return !settings.has("data.path") && settings.text("data.name") != kArrays;
}

SampleKind kind_of(const Dataset& data) { return {data.sample_shape(), data.classes()}; }

std::unique_ptr<VelocityModel> make_model(const Settings& settings, const SampleKind& sample) {
    return make_model(settings, sample,
                      *objective_catalogue().at(settings.text("objective.name")).make(settings));
}

std::unique_ptr<VelocityModel> make_model(const Settings& settings, const SampleKind& sample,
                                          const Objective& objective) {
    Settings own = settings;
    if (own.has("model.times") && own.text("model.times") == "auto")
        own.set("model.times", objective.needs_interval() ? "t,r" : "t");
    auto model = model_catalogue().at(settings.text("model.name")).make(own, sample);
    const bool wants_head = own.has("objective.tangent") && own.text("objective.tangent") == "head";
    if (wants_head && !model->has_v_head())
        throw UsageError("objective.tangent=head needs a network with a v head", "add model.v_head=true");
    if (objective.needs_interval() && own.has("model.times") && own.text("model.times") == "t")
        throw UsageError(
            "model.times=t leaves out r, which objective.name=" + own.text("objective.name") + " needs",
            "use model.times=auto");
    return model;
}

}  // namespace mf

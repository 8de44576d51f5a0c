// SPDX-License-Identifier: MIT
#include "train/make_model.hpp"

namespace mf {

std::unique_ptr<Dataset> make_dataset(const Settings& settings) {
    return dataset_catalogue().at(settings.text("data.name")).make(settings);
}

std::unique_ptr<VelocityModel> make_model(const Settings& settings, const Dataset& data) {
    return make_model(settings, data,
                      *objective_catalogue().at(settings.text("objective.name")).make(settings));
}

}  // namespace mf

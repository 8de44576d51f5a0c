// SPDX-License-Identifier: MIT
#include "train/choices.hpp"

#include "data/dataset.hpp"
#include "models/catalogue.hpp"
#include "objectives/objective.hpp"
#include "optim/optimiser.hpp"

namespace mf {
namespace {

template <class Factory>
Choice choice_of(std::string key, std::string initial, std::string help,
                 const Catalogue<Factory>& catalogue) {
    Choice out{std::move(key), std::move(initial), std::move(help), {}};
    for (const auto& entry : catalogue.entries())
        out.entries.push_back({entry.name, entry.help, entry.options});
    return out;
}

}  // namespace

const std::vector<Choice>& all_choices() {
    static const std::vector<Choice> choices = {
        choice_of("data.name", "checkerboard", "what is learnt", dataset_catalogue()),
        choice_of("model.name", "mlp", "the network", model_catalogue()),
        choice_of("objective.name", "imf", "the loss", objective_catalogue()),
        choice_of("optim.name", "adam", "the optimiser", optimiser_catalogue()),
    };
    return choices;
}

}  // namespace mf

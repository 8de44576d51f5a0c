// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "door/model_parts.hpp"
#include "generate/guidance.hpp"
#include "objectives/objective.hpp"

namespace mf::door {
namespace {

using Json = nlohmann::ordered_json;

Json sides(const Shape& shape) {
    Json out = Json::array();
    for (const std::int64_t side : shape) out.push_back(side);
    return out;
}

Json guidance(const LoadedModel& model) {
    const GuidanceAbility ability = guidance_ability(model);
    Json recommended = Json::array();
    for (const RecommendedGuidance& one : model.recommended)
        recommended.push_back(
            {{"steps", one.steps}, {"omega", one.omega}, {"interval", {one.t_min, one.t_max}}});
    return {{"kind", name_of(ability.kind)},
            {"interval", ability.interval},
            {"omega", ability.omega},
            {"why", ability.why},
            {"recommended", recommended}};
}

}  // namespace

std::string Model::describe(const OptionWords* words) const {
    const Parts& parts = *parts_;
    const LoadedModel& model = parts.loaded;
    const std::string& objective = model.settings.text("objective.name");
    Json settings = Json::object(), remarks = Json::array();
    for (const std::string& line : model.remarks) remarks.push_back(words != nullptr ? (*words)(line) : line);
    for (const auto& [key, value] : model.settings.items()) settings[key] = value;
    const Json out = {
        {"model", model.settings.text("model.name")},
        {"architecture", model.architecture},
        {"objective", objective},
        {"average_velocity", objective_catalogue().at(objective).make(model.settings)->needs_interval()},
        {"v_head", model.model->has_v_head()},
        {"data", model.settings.text("data.name")},
        {"step", model.step},
        {"weights", model.weights},
        {"parameters", model.model->params().count()},
        {"sample_shape", sides(model.sample.shape)},
        {"classes", model.sample.classes},
        {"class_names", model.class_names},
        {"guidance", guidance(model)},
        {"vae", parts.vae != nullptr ? parts.vae->text() : ""},
        {"direction", model.settings.text("path.direction")},
        {"precision", parts.precision == Precision::bf16 ? "bf16" : "f32"},
        {"threads", parts.team.size()},
        {"device", device()},
        {"remarks", remarks},
        {"settings", settings}};
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mf::door

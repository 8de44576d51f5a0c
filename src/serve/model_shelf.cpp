// SPDX-License-Identifier: MIT
#include "serve/model_shelf.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "generate/guidance.hpp"
#include "io/shown.hpp"
#include "objectives/objective.hpp"
#include "ops/devices.hpp"
#include "serve/http.hpp"

namespace mf::serve {
namespace {

constexpr std::size_t kMostHeld = 8;
constexpr int kManySteps = 50;  // for networks that know the velocity at a point only

Json shape_json(const Shape& shape) {
    Json out = Json::array();
    for (const std::int64_t side : shape) out.push_back(side);
    return out;
}

Json description(const LoadedModel& model, const std::string& name) {
    const Settings& settings = model.settings;
    const bool interval =
        objective_catalogue().at(settings.text("objective.name")).make(settings)->needs_interval();
    const GuidanceAbility ability = guidance_ability(model);
    Json recommended = Json::array();
    for (const RecommendedGuidance& one : model.recommended)
        recommended.push_back(
            {{"steps", one.steps}, {"omega", one.omega}, {"interval", {one.t_min, one.t_max}}});
    Json out{{"name", name},
             {"kind", kind_of(model)},
             {"objective", settings.text("objective.name")},
             {"network", settings.text("model.name")},
             {"architecture", model.architecture},
             {"data", settings.text("data.name")},
             {"step", model.step},
             {"weights", model.weights},
             {"parameters", model.model->params().count()},
             {"shape", shape_json(model.sample.shape)},
             {"shown_shape", shape_json(model.shown_shape())},
             {"decoder", model.decoder != nullptr ? model.decoder->text() : ""},
             {"classes", model.sample.classes},
             {"class_names", model.class_names},
             {"guidance",
              {{"kind", name_of(ability.kind)},
               {"interval", ability.interval},
               {"omega", ability.omega},
               {"why", ability.why}}},
             {"recommended", recommended},
             {"usual_steps", interval ? 1 : kManySteps},
             {"solver", interval ? "average" : "euler"},
             {"device", model.device != nullptr ? model.device->name() : "cpu"},
             {"view", nullptr},
             {"remarks", model.remarks}};
    if (model.data != nullptr && model.data->points() != nullptr) {
        const Box box = model.data->points()->view();
        out["view"] = {box.x0, box.x1, box.y0, box.y1};
    }
    return out;
}

}  // namespace

std::string kind_of(const LoadedModel& model) {
    const Shape shape = model.shown_shape();
    if (shape.rank() == 3 && (shape[2] == 1 || shape[2] == 3)) return "images";
    return shape.rank() == 1 && shape[0] == 2 ? "points" : "arrays";
}

ModelShelf::ModelShelf(Targets& targets, ModelChoice choice, std::optional<VaeRequest> vae)
    : targets_(targets), choice_(std::move(choice)), vae_(std::move(vae)) {}

Target ModelShelf::find(const ModelRef& model) const {
    const std::vector<Target> all = targets_.all();
    if (model.index >= 0) {
        if (static_cast<std::size_t>(model.index) < all.size())
            return all[static_cast<std::size_t>(model.index)];
        throw HttpError(404, fmt::format("there is no model {}", model.index),
                        fmt::format("/api/models lists {}", all.size()));
    }
    std::vector<std::string> names;
    for (const Target& target : all) {
        if (target.name == model.name) return target;
        names.push_back(target.name);
    }
    const std::string near = nearest(model.name, names);
    throw HttpError(404, fmt::format("there is no model {}", shown(model.name)),
                    near.empty() ? "/api/models lists them" : fmt::format("did you mean {}?", near));
}

bool ModelShelf::stale() const {
    const std::vector<Target> all = targets_.all();
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(all, [&](const Target& target) {
        const auto found = described_.find(target.name);
        return found == described_.end() || found->second.stamp != weights_stamp(target);
    });
}

bool ModelShelf::has_model(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = described_.find(name);
    return found != described_.end() && !found->second.text.is_null();
}

std::size_t ModelShelf::size() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::ranges::count_if(described_, [](const auto& one) { return !one.second.text.is_null(); }));
}

void ModelShelf::check_named() const {
    const std::vector<Target> all = targets_.all();
    const std::lock_guard lock(mutex_);
    for (const Target& target : all) {
        const auto found = described_.find(target.name);
        // A run without a checkpoint is one that has just begun.
        if (target.named && found != described_.end() && found->second.error && !found->second.stamp.empty())
            std::rethrow_exception(found->second.error);
    }
    const bool decodes = std::ranges::any_of(described_, [](const auto& one) {
        return !one.second.text.is_null() && one.second.text["decoder"] != "";
    });
    if (vae_ && !decodes)
        throw UsageError(fmt::format("--vae {}: none of these models draws latents", vae_->path.string()),
                         "leave --vae out");
}

Json ModelShelf::list() const {
    const std::vector<Target> all = targets_.all();
    Json models = Json::array(), unavailable = Json::array();
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto found = described_.find(all[i].name);
        if (found != described_.end() && !found->second.text.is_null()) {
            Json one{{"id", i}};
            one.update(found->second.text);
            models.push_back(std::move(one));
        } else {
            unavailable.push_back(
                {{"name", all[i].name},
                 {"why", found == described_.end() ? "it has not been read yet" : found->second.why}});
        }
    }
    return {{"models", models}, {"unavailable", unavailable}};
}

void ModelShelf::refresh(Team& team) {
    for (const Target& target : targets_.all()) {
        const std::string stamp = weights_stamp(target);
        {
            const std::lock_guard lock(mutex_);
            const auto found = described_.find(target.name);
            if (found != described_.end() && found->second.stamp == stamp) continue;
        }
        Described now{stamp, nullptr, {}};
        try {
            now.text = description(open(target, team), target.name);
        } catch (const Error& error) {
            now.why = error.what();
            now.error = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        described_[target.name] = std::move(now);
    }
}

const LoadedModel& ModelShelf::open(const Target& target, Team& team) {
    const std::string stamp = weights_stamp(target);
    const auto found = std::ranges::find(held_, target.name, &Held::name);
    if (found != held_.end()) {
        held_.splice(held_.begin(), held_, found);
        // A run whose last checkpoint went away goes on with what is in memory.
        if (found->stamp == stamp || stamp.empty()) return found->model;
    }
    if (stamp.empty())
        throw HttpError(503, fmt::format("{}: there is no checkpoint yet", target.name),
                        "a run that trains saves one every save.every steps", 5);
    ModelChoice here = choice_;
    here.device = "cpu";
    LoadedModel model = open_model(target.path, here, team);
    if (device_ == nullptr && choice_.device != "cpu") device_ = open_device(choice_.device, team);
    if (device_ != nullptr) put_on_device(model, device_, choice_.precision);
    if (vae_ && kind_of(model) == "arrays")
        model.decoder = open_decoder(with_scale_of(*vae_, model.settings), model.sample, team, model.remarks);
    if (found != held_.end()) held_.erase(found);
    held_.push_front({target.name, stamp, std::move(model)});
    if (held_.size() > kMostHeld) held_.pop_back();
    return held_.front().model;
}

std::vector<Target> ModelShelf::of_points(Team& team) {
    refresh(team);
    std::vector<Target> out;
    for (const Target& target : targets_.all()) {
        const std::lock_guard lock(mutex_);
        const auto found = described_.find(target.name);
        if (found != described_.end() && !found->second.text.is_null() &&
            found->second.text["kind"] == "points")
            out.push_back(target);
    }
    return out;
}

}  // namespace mf::serve

// SPDX-License-Identifier: MIT
// The models that are served: what they are, and the few that are in memory.
#pragma once

#include <exception>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "generate/open_model.hpp"
#include "generate/vae_decoder.hpp"
#include "serve/asks.hpp"
#include "serve/targets.hpp"

namespace mf::serve {

class ModelShelf {
  public:
    ModelShelf(Targets& targets, ModelChoice choice, std::optional<VaeRequest> vae);

    /// The target that is meant. HttpError 404 when there is none.
    Target find(const ModelRef& model) const;
    /// True when there are weights that have not been described yet.
    bool stale() const;
    /// {"models": [...], "unavailable": [...]}: what is known so far.
    Json list() const;
    /// Name of the model of this target, or "" when it has none (yet).
    bool has_model(const std::string& name) const;
    std::size_t size() const;
    /// Throws what was wrong with a model that a person named; UsageError for an autoencoder that none of them needs.
    void check_named() const;
    Precision precision() const { return choice_.precision; }
    const std::optional<VaeRequest>& vae() const { return vae_; }

    /// Only one thread calls what follows: the one that works.
    /// Describes what is new. Errors of a model make it unavailable.
    void refresh(Team& team);
    /// The newest weights, from memory or the disk. Errors of the library; HttpError 503 when there are no weights yet.
    const LoadedModel& open(const Target& target, Team& team);
    /// Those that draw points in the plane.
    std::vector<Target> of_points(Team& team);

  private:
    struct Held {
        std::string name, stamp;
        LoadedModel model;
    };
    struct Described {  // NOLINT(bugprone-exception-escape): as EventAsk
        std::string stamp;
        Json text;        ///< null: it cannot be used
        std::string why;  ///< then
        std::exception_ptr error = nullptr;
    };

    Targets& targets_;
    const ModelChoice choice_;
    const std::optional<VaeRequest> vae_;
    std::shared_ptr<Device> device_;  ///< that choice_ names; all models share it
    std::list<Held> held_;            ///< the last used first
    mutable std::mutex mutex_;
    std::map<std::string, Described> described_;  ///< by name; under the mutex
};

/// "images", "points" or "arrays".
std::string kind_of(const LoadedModel& model);

}  // namespace mf::serve

// SPDX-License-Identifier: MIT
// What a door::Model consists of.
#pragma once

#include "door/model.hpp"
#include "door/turn.hpp"

namespace mf::door {

struct Model::Parts {
    Turn turn;
    Team team;
    LoadedModel loaded;
    Precision precision;
    std::shared_ptr<const VaeDecoder> vae;
    Pool pool;  ///< of velocities

    Parts(const std::filesystem::path& path, const ModelChoice& choice, int threads)
        : team(threads), loaded(open_model(path, choice, team)), precision(choice.precision) {}
    Parts(LoadedModel model, Precision packed, int threads)
        : team(threads), loaded(std::move(model)), precision(packed) {}
};

/// UsageError for numbers that are no strength and no interval, and for lists of another length than `count`.
void check_guidance_numbers(const GuidanceRequest& guidance, std::int64_t count);

}  // namespace mf::door

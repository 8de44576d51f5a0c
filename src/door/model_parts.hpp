// SPDX-License-Identifier: MIT
// What a door::Model consists of.
#pragma once

#include "door/model.hpp"
#include "door/turn.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace mf::door {

struct Model::Parts {
    Turn turn;
    Team team;
    LoadedModel loaded;
    Precision precision;
    std::shared_ptr<const VaeDecoder> vae;
    CpuDevice cpu{team};
    Device& device = loaded.device != nullptr ? *loaded.device : cpu;
    Pool host_pool;
    Pool pool{device};                                ///< of velocities
    std::size_t own_remarks = loaded.remarks.size();  ///< those after them are about the autoencoder

    Parts(const std::filesystem::path& path, const ModelChoice& choice, int threads)
        : team(threads), loaded(open_model(path, choice, team)), precision(packed_in(choice.precision)) {}
    Parts(LoadedModel model, Precision packed, int threads)
        : team(threads), loaded(std::move(model)), precision(packed_in(packed)) {}

    /// What is computed beside weights of 8 bits is bf16.
    Precision packed_in(Precision asked) const { return loaded.eight_bits ? Precision::bf16 : asked; }
};

/// UsageError, which begins with "[place] name", for a number that is not finite.
void check_finite(const char* place, std::span<const float> values, const char* name);
/// UsageError for numbers that are no strength and no interval, and for lists of another length than `count`.
void check_guidance_numbers(const GuidanceRequest& guidance, std::int64_t count);

}  // namespace mf::door

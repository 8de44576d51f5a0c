// SPDX-License-Identifier: MIT
// The autoencoder that makes pictures of latents: options of all commands that draw samples.
#pragma once

#include <optional>

#include "cli/command.hpp"
#include "generate/vae_decoder.hpp"
#include "train/checkpoint.hpp"

namespace mf::cli {

/// --vae, --latents and --vae-memory.
OptionTable vae_options();

/// What these options ask for; nothing without --vae.
std::optional<VaeRequest> vae_request_of(const Invocation& invocation);
/// Gives `loaded` its decoder where --vae names one, and tells what is worth knowing about it. UsageError when its samples
/// are no latents of that autoencoder.
void attach_vae(LoadedModel& loaded, const Invocation& invocation, Team& team);

}  // namespace mf::cli

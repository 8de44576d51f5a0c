// SPDX-License-Identifier: MIT
#include "cli/vae_options.hpp"

#include <fmt/format.h>

#include "cli/sampling_options.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"

namespace mf::cli {
OptionTable vae_options() {
    return {
        {"--vae", OptionKind::text, "",
         "weights of an autoencoder (.safetensors) that makes pictures of samples that are latents"},
        {.key = "--latents",
         .kind = OptionKind::text,
         .initial = "auto",
         .help = "how the model's latents are standardised: imf (mean and deviation of each channel), sd "
                 "(the factor "
                 "0.18215), none; auto: imf for four channels",
         .choices = {"auto", "imf", "sd", "none"}},
        {"--vae-memory", OptionKind::integer, "4096",
         "MiB that decoding one latent may take beside the weights; a larger one is decoded in tiles, which "
         "takes longer",
         1, 1 << 24},
    };
}

std::optional<VaeRequest> vae_request_of(const Invocation& invocation) {
    const std::string& path = invocation.options.text("--vae");
    if (path.empty()) {
        refuse_options(invocation, {"--latents", "--vae-memory"},
                       "is about an autoencoder, and none is named", "--vae FILE names one");
        return std::nullopt;
    }
    return VaeRequest{.path = path,
                      .scale = invocation.options.text("--latents"),
                      .precision = precision_of(invocation),
                      .bytes = invocation.options.integer("--vae-memory") << 20};
}

void attach_vae(LoadedModel& loaded, const Invocation& invocation, Team& team) {
    const std::optional<VaeRequest> request = vae_request_of(invocation);
    if (!request) return;
    std::vector<std::string> remarks;
    loaded.decoder = open_decoder(with_scale_of(*request, loaded.settings), loaded.sample, team, remarks);
    for (const std::string& line : remarks) remark(false, line);
}

}  // namespace mf::cli

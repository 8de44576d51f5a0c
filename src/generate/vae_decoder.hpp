// SPDX-License-Identifier: MIT
// Latents to pictures by an autoencoder from a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/weights_file.hpp"
#include "models/sd_vae.hpp"
#include "nn/latent_scale.hpp"
#include "nn/sample_decoder.hpp"
#include "nn/velocity_model.hpp"

namespace mf {

/// An autoencoder, its weights packed.
struct OpenedVae {
    std::shared_ptr<const NamedTensors> mapping;  ///< what the weights are read from
    std::unique_ptr<SdVae> vae;
    std::string form;                  ///< whose names they had
    std::vector<std::string> remarks;  ///< what its user should know, a line each
};

/// The half of an autoencoder that is needed: the other one is neither checked nor kept.
enum class VaeHalf : std::uint8_t { decoder, encoder };

/// Opens one half of the weights of an autoencoder (names: models/vae_weights.hpp). The groups of its norms, which no shape tells, are
/// those of the metadata (norm_num_groups), of a config.json beside the file, or 32. Error, in one line, for a file that
/// is something else, which it then names, for one without this half, for missing tensors and for numbers that are not finite.
OpenedVae open_vae(const std::filesystem::path& path, VaeHalf half, Precision precision, Team& team);

/// An autoencoder that is asked for.
struct VaeRequest {
    std::filesystem::path path;
    std::string scale =
        "auto";  ///< how the latents are standardised (nn/latent_scale.hpp); auto: imf for four channels
    Precision precision = Precision::f32;
    std::int64_t bytes = std::int64_t{4}
                         << 30;  ///< what one latent may take beside the weights; larger ones go in tiles
};

/// The request, with "auto" settled by data.latents where the settings of a run on latents say how it learnt them.
VaeRequest with_scale_of(VaeRequest request, const Settings& settings);

class VaeDecoder final : public SampleDecoder {
  public:
    /// UsageError when the scale does not suit the autoencoder.
    VaeDecoder(OpenedVae opened, const VaeRequest& request);

    Shape shape(const Shape& sample) const override;
    std::vector<float> decode(Team& team, std::span<const float> samples, const Shape& sample,
                              const Stop& stop) const override;
    std::string text() const override;
    const SdVae& vae() const { return *opened_.vae; }

  private:
    OpenedVae opened_;
    VaeRequest request_;
    LatentScale scale_;
};

/// The decoder for a model of such samples; what its user should know is added to `remarks`. UsageError, before anything is
/// drawn, when the samples are no latents of this autoencoder.
std::shared_ptr<const VaeDecoder> open_decoder(const VaeRequest& request, const SampleKind& sample,
                                               Team& team, std::vector<std::string>& remarks);

}  // namespace mf

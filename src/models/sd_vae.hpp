// SPDX-License-Identifier: MIT
// The autoencoder of latent diffusion (AutoencoderKL; Rombach et al. 2022): pictures to latents of 1/8 of their side and
// back. Parameters carry the names of the diffusers library.
//   encoder  conv, per level: resnets, then a step of 2; resnet, attention, resnet; norm, conv, quant_conv
//   decoder  post_quant_conv, conv; resnet, attention, resnet; per level from the lowest: one resnet more, then twice the
//            side and a conv; norm, conv
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "nn/picture_blocks.hpp"

namespace mf {

class SdVae {
  public:
    struct Config {
        std::int64_t pixels = 3;                                    ///< channels of a picture
        std::int64_t latents = 4;                                   ///< channels of a latent
        std::vector<std::int64_t> channels = {128, 256, 512, 512};  ///< of the levels, the finest first
        std::int64_t layers = 2;   ///< resnets a level of the encoder; the decoder has one more
        std::int64_t groups = 32;  ///< of every group norm
        bool has_encoder = true, has_decoder = true;
        bool has_quant = true;      ///< 1 x 1 convolutions around the latents
        bool has_attention = true;  ///< in the middle

        /// Pixels along a side of a latent's pixel.
        std::int64_t factor() const { return std::int64_t{1} << (channels.size() - 1); }
    };
    explicit SdVae(const Config& config);

    /// Pictures (B, H, W, pixels) on [-1, 1] to moments (B, H / factor, W / factor, 2 * latents): means, then logarithms of
    /// variances as the network gives them. Error when factor() does not divide the sides.
    Dual moments(const Context& context, const Dual& picture) const;
    /// Latents (B, h, w, latents), not standardised, to pictures (B, h * factor, w * factor, pixels), about [-1, 1].
    Dual decode(const Context& context, const Dual& latent) const;

    /// The parts of `decode`: to the first level; level i, the lowest 0, and the step behind it; from the last level on.
    /// With a `book` the picture is one part of a larger one, and values only.
    Dual decode_middle(const Context& context, const Dual& latent) const;
    Dual decode_level(const Context& context, std::size_t i, Dual x, NormBook* book = nullptr) const;
    Dual decode_end(const Context& context, Dual x, NormBook* book = nullptr) const;

    /// For inference, once the parameters have their values and instead of ParamStore::repack: packs what is read packed,
    /// keeps other kernels transformed (ops/still_conv.hpp). From then on nothing can be learnt and nothing moves;
    /// pictures and moments agree with those before to a few 1e-6.
    void prepare(Team& team, Precision precision);

    ParamStore& params() { return params_; }
    const ParamStore& params() const { return params_; }
    const Config& config() const { return config_; }
    /// Multiply-adds times two for a latent of height x width.
    double decode_flops(std::int64_t height, std::int64_t width) const;
    double encode_flops(std::int64_t height, std::int64_t width) const;

    /// Sizes read off names (of the diffusers library) and shapes of weights. `groups`: of the norms, which no shape tells.
    /// Error when they are not such weights.
    static Config detect(const std::vector<std::pair<std::string, Shape>>& weights, std::int64_t groups = 32);

  private:
    struct Middle {
        ResnetBlock first, second;
        std::optional<PixelAttention> attention;
    };
    struct Level {
        std::vector<ResnetBlock> resnets;
        std::optional<ConvLayer> step;  ///< to the next level
    };
    struct Half {
        ConvLayer in;
        std::vector<Level> levels;
        Middle middle;
        GroupNormLayer norm;
        ConvLayer out;
    };
    Middle add_middle(const std::string& name);
    Half add_encoder();
    Half add_decoder();
    Dual through_middle(const Context& context, const Middle& middle, Dual x) const;
    Tensor still_middle(const Context& context, const Middle& middle, Tensor x) const;
    Tensor still_moments(const Context& context, const Tensor& picture) const;
    double half_flops(const Half& half, double pixels, bool up) const;

    Config config_;
    ParamStore params_;
    bool prepared_ = false;
    std::optional<Half> encoder_, decoder_;
    std::optional<ConvLayer> quant_, post_quant_;
};

/// Mean and standard deviation of latents (..., 2 c): the second half exp(logvar / 2), logvar clamped to [-30, 20].
Tensor mean_and_std(const Tensor& moments);

}  // namespace mf

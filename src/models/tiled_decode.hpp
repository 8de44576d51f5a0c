// SPDX-License-Identifier: MIT
// Large pictures in bounded memory. The middle and the lower levels of the decoder, where pictures are small, run on the
// whole; the upper levels run on tiles. A tile sees as far beyond its edge as its convolutions look, so that it computes
// what the whole picture would, but for the norms: their statistics are those of the whole picture too, gathered over all
// tiles in rounds before the last one, which draws. Rounds end when the statistics stand still; after as many as there are
// norms they are exact.
#pragma once

#include "models/sd_vae.hpp"

namespace mf {

struct TilePlan {
    std::size_t whole_levels = 0;  ///< levels that run on the whole picture
    std::int64_t tile =
        0;  ///< side of a tile in pixels of the first level that is tiled; 0: nothing is tiled
    double exactness =
        1e-3;  ///< rounds go on until no statistic moves by more than this share of a deviation
};

/// Bytes that decoding a latent of height x width takes, about, beside the weights.
std::int64_t decode_bytes(const SdVae::Config& config, std::int64_t height, std::int64_t width,
                          const TilePlan& plan);

/// The plan with the largest tiles that stays below `bytes`; nothing is tiled where that does. Error when no plan does.
TilePlan plan_tiles(const SdVae::Config& config, std::int64_t height, std::int64_t width, std::int64_t bytes);

/// One latent (1, h, w, c) to its picture (1, H, W, pixels), without tape and tangents.
Tensor decode_by_plan(const SdVae& vae, const Context& context, const Tensor& latent, const TilePlan& plan);

}  // namespace mf

// SPDX-License-Identifier: MIT
// Pictures to a folder of latents (data/latent_manifest.hpp) by the encoder of an autoencoder.
#pragma once

#include <filesystem>
#include <functional>

#include "core/remarks.hpp"
#include "data/square_pictures.hpp"
#include "generate/vae_decoder.hpp"

namespace mf {

struct EncodeRequest {
    std::filesystem::path out;
    std::filesystem::path vae;
    Precision precision = Precision::f32;
    DType numbers = DType::f32;  ///< of the stored moments: f32 or bf16
    CropRule crop = {};
    bool flip = false;         ///< the mirrored picture as well
    std::int64_t shard = 256;  ///< pictures of a file: what a kill costs at most
};

struct EncodeHooks {
    Remarks remarks = {};
    /// After every picture: how many are done in all, and how many of them by this call.
    std::function<void(std::int64_t done, std::int64_t here)> progress = {};
    std::function<bool()> wants_stop = {};
};

struct EncodedSet {
    Shape shape;              ///< of one latent
    std::int64_t count = 0;   ///< latents, without mirrored ones
    std::int64_t reused = 0;  ///< pictures whose files were there and whole
    std::int64_t left_out = 0;
    bool complete = false;  ///< false: a stop was asked for; what was finished stays
};

/// Encodes `pictures` to request.out. Every file is written under another name, synced and renamed, then listed; a killed
/// call goes on with what is not listed yet, and files that were damaged meanwhile are made again. Equal pictures, weights
/// and options give equal bytes. Error when the folder holds something else, or latents that were made in another way
/// (which, says the message), or belongs to another process.
EncodedSet encode_latents(const SquarePictures& pictures, const EncodeRequest& request,
                          const EncodeHooks& hooks, Team& team);

}  // namespace mf

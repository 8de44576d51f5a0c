// SPDX-License-Identifier: MIT
// Latents as an autoencoder's encoder gives them, kept in files: for every picture means and deviations.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/shape.hpp"

namespace mf {

/// What a store of latents holds.
struct LatentAbout {
    std::int64_t count = 0;
    Shape shape;                           ///< of one latent: (height, width, channels)
    int variants = 1;                      ///< 2: the picture as it is and mirrored
    std::vector<std::string> class_names;  ///< by label; empty: there are no classes
    std::vector<std::int32_t> labels;      ///< (count), or empty without classes
    std::uint64_t digest = 0;              ///< changes when the numbers do
    std::vector<std::string> remarks;
};

class LatentStore {
  public:
    virtual ~LatentStore() = default;
    const LatentAbout& about() const { return about_; }
    /// z (shape) becomes mean + deviation * z of latent `i`, in place. Safe to call from several threads.
    virtual void mix(std::int64_t i, int variant, float* z) const = 0;

  protected:
    LatentAbout about_;
};

/// A folder that `meanflow data encode` wrote (data/latent_manifest.hpp), mapped into memory: it may be larger than that.
/// `check` reads every file once and compares checksums. Error, naming the file, for what is missing, of another size or
/// not finished.
std::unique_ptr<LatentStore> open_latent_shards(const std::filesystem::path& folder, bool check);

/// The .pt files of a folder and of those in it, in order of their paths. Error when it is made of several parts (train, val).
std::vector<std::filesystem::path> latent_files_in(const std::filesystem::path& folder);
/// Files of torch.save, one for each picture, as the official codes cache latents: {"image": (2 channels, height, width),
/// "label": a number}; strides are honoured. All are opened once, for their labels; what is drawn is read then. Error,
/// naming the file, for anything else.
std::unique_ptr<LatentStore> open_latent_files(std::vector<std::filesystem::path> files, int threads);

}  // namespace mf

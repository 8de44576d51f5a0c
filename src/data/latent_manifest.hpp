// SPDX-License-Identifier: MIT
// The list of the files of a set of latents, and how they were made.
//
// A folder of latents holds latents.json and files 000000.safetensors, ... with the tensors
//   moments  (n, variants, height, width, 2 channels)  means, then standard deviations; f32 or bf16
//   labels   (n) i32, where there are classes
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/shape.hpp"

namespace mf {

struct LatentShard {
    std::string file;  ///< its name in the folder
    std::int64_t count = 0;
    std::uint64_t bytes = 0;
    std::string checksum;  ///< "crc32c:0123abcd", of the whole file
};

struct LatentManifest {
    /// What the numbers depend on, by name; a set goes on only where all of it is the same.
    std::vector<std::pair<std::string, std::string>> recipe;
    Shape shape;  ///< of one latent: (height, width, channels)
    int variants = 1;
    std::vector<std::string> class_names;
    std::vector<LatentShard> shards;
    bool complete = false;

    std::int64_t count() const;
};

inline constexpr const char* kManifestName = "latents.json";

/// Nothing when the folder has none. Error when it is no list of latents, or not a whole one.
std::optional<LatentManifest> read_manifest(const std::filesystem::path& folder);
/// Atomically.
void write_manifest(const std::filesystem::path& folder, const LatentManifest& manifest);

/// Size and checksum of a file as they are now. Error when it cannot be read.
LatentShard measured_shard(const std::filesystem::path& folder, const std::string& file, std::int64_t count);
/// Empty when the file of this shard is there and whole; otherwise what is wrong with it. `sum`: its checksum is compared.
std::string fault_of(const std::filesystem::path& folder, const LatentShard& shard, bool sum);

}  // namespace mf

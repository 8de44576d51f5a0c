// SPDX-License-Identifier: MIT
// Features of pictures, as judges and the FID network see them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/stop.hpp"
#include "judge/judge.hpp"

namespace mf::door {

/// What a network makes of n pictures.
struct Features {
    std::int64_t count = 0, size = 0, classes = 0;
    std::vector<float> features;  ///< (count, size)
    std::vector<float> logits;    ///< (count, classes)
};

/// A classifier that `meanflow train-classifier` made. Calls wait for each other.
class OpenJudge {
  public:
    /// `threads` 0: all cores. Error when the file is missing or is no judge.
    OpenJudge(const std::filesystem::path& path, int threads);
    ~OpenJudge();
    OpenJudge(OpenJudge&&) noexcept;
    OpenJudge& operator=(OpenJudge&&) noexcept;

    const Judge& judge() const;
    /// Pictures (count, *judge().sample.shape) on [-1, 1].
    Features features(std::span<const float> pictures, const Stop& stop = {}) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// The FID network. Calls wait for each other.
class OpenFidNetwork {
  public:
    /// `variant`: a name of fid_variants, which says how pictures are brought to 299 x 299.
    OpenFidNetwork(const std::filesystem::path& path, const std::string& variant, Precision precision,
                   int threads);
    ~OpenFidNetwork();
    OpenFidNetwork(OpenFidNetwork&&) noexcept;
    OpenFidNetwork& operator=(OpenFidNetwork&&) noexcept;

    const std::string& variant() const;
    std::int64_t feature_size() const;  ///< numbers of a picture's features
    std::int64_t classes() const;       ///< numbers of its logits
    /// Bytes (count, height, width, channels) of 1 or 3 channels; logits are those of the Inception score (without bias).
    Features features(std::span<const std::uint8_t> pictures, int height, int width, int channels,
                      const Stop& stop = {}) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mf::door

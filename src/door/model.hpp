// SPDX-License-Identifier: MIT
// A trained network as other programs hold it: opened once, asked from any thread, one call at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/option_words.hpp"
#include "generate/open_model.hpp"
#include "generate/sampling.hpp"
#include "generate/vae_decoder.hpp"

namespace mf::door {

/// How far a long call is: done of all. On the caller's thread.
using Progress = std::function<void(std::int64_t done, std::int64_t all)>;

/// Where the network is asked for velocities. Lists of times hold one number for all rows, or one for each.
struct FlowRequest {
    std::span<const float> z;     ///< (count, *sample_shape)
    std::span<const float> r, t;  ///< times; r is not read where only v is asked for
    std::span<const float>
        tangent;  ///< (count, *sample_shape): of z, for the derivative; empty: the network's own v
    GuidanceRequest guidance;  ///< labels, and the strength where it is an input of the network
    std::uint64_t seed = 0;    ///< of random labels
    Stop stop = {};            ///< asked between portions of rows
};

/// u, and du/dt along (tangent, 0, 1): both (count, *sample_shape); du_dt is empty when it was not asked for.
struct Flow {
    std::vector<float> u, du_dt;
};

/// Two models work at the same time; calls to one wait for each other. Everything but open and attach_vae is safe to be
/// called from several threads.
class Model {
  public:
    /// A run (a folder), a checkpoint or a file of weights. `threads` 0: all cores. Errors: see open_model.
    Model(const std::filesystem::path& path, const ModelChoice& choice, int threads);
    /// Of a network that is there already.
    Model(LoadedModel loaded, Precision precision, int threads);
    ~Model();
    Model(Model&&) noexcept;
    Model& operator=(Model&&) noexcept;

    /// Everything that is known of it, as a JSON object; remarks in `words`, where there are some.
    std::string describe(const OptionWords* words = nullptr) const;
    const LoadedModel& loaded() const;
    const Shape& sample_shape() const { return loaded().sample.shape; }
    std::int64_t classes() const { return loaded().sample.classes; }
    int threads() const;
    /// Where it computes: "cpu", "opencl:0".
    std::string device() const;

    /// Samples to `out` (count, *sample_shape), bit for bit those of the command line: points, pictures on [-1, 1], or
    /// latents (see decode). `request.precision` and `request.record` are not read. UsageError for what cannot act on this network; Stopped
    /// when request.stop says so, with `out` in between.
    void sample(const SampleRequest& request, std::span<float> out, const Progress& progress = {}) const;

    /// Opens an autoencoder for decode, in the place of one that is there; returns what its user should know, a line each.
    /// UsageError when the samples are no latents of it.
    std::vector<std::string> attach_vae(const VaeRequest& request);
    bool has_vae() const;
    /// Shape of what decode makes of a sample.
    Shape picture_shape() const;
    /// Samples (count, *sample_shape) as pictures of bytes (count, *picture_shape), latents by the autoencoder.
    /// UsageError when samples are no pictures and there is no autoencoder.
    std::vector<std::uint8_t> decode(std::span<const float> samples, const Stop& stop = {}) const;

    /// The average velocity u(z, r, t) and, where `derivative`, its derivative in forward mode. Of networks of flow
    /// matching u is the instantaneous velocity, whatever r is.
    Flow velocity(const FlowRequest& request, bool derivative) const;
    /// The instantaneous velocity v(z, t): of the v head, or u(z, t, t) where there is none.
    std::vector<float> instantaneous(const FlowRequest& request) const;

    struct Parts;  ///< door/model_parts.hpp

  private:
    std::unique_ptr<Parts> parts_;
};

/// The bytes that pictures of these numbers have: 0 for -1, 255 for 1, nearest.
void to_bytes(std::span<const float> values, std::span<std::uint8_t> out);

}  // namespace mf::door

// SPDX-License-Identifier: MIT
// The iMF transformer (arXiv 2512.02012, class imfDiT of the official code): conditions enter as learnt tokens before the
// patches; a shared trunk, then a head of blocks for u and, in training only, one for v.
//   sequence: class (8), omega (4), t_min (2), t_max (2), time (4), patches row by row
// Scalars: 1 - 1/omega, t_min, t_max and t - r; t itself is not an input.
#pragma once

#include <vector>

#include "nn/in_context_block.hpp"
#include "nn/velocity_model.hpp"
#include "ops/patchify.hpp"

namespace mf {

class Mit final : public VelocityModel {
  public:
    struct Config {
        std::int64_t height = 32, width = 32, channels = 4;  ///< of a sample
        std::int64_t classes = 1000;                         ///< the null class comes after them
        std::int64_t patch = 2;
        std::int64_t hidden = 768, depth = 12, heads = 12;
        std::int64_t head_depth =
            8;  ///< blocks of the u head, and of the v head; the trunk has depth - head_depth
        double mlp_ratio = 8.0 / 3.0;
        std::int64_t class_tokens = 8, omega_tokens = 4, interval_tokens = 2, time_tokens = 4;
        bool v_blocks = true;  ///< false: v's final layer reads the trunk (the published inference weights)
    };
    explicit Mit(const Config& config);

    /// z (rows, height * width * channels). Empty parts of the condition stand for: null class, omega 1, interval [0, 1].
    UV forward(const Context& context, const Dual& z, const Dual& r, const Dual& t,
               const Condition& condition, Want want) const override;
    bool has_v_head() const override { return config_.v_blocks; }
    double flops_per_row(Want want) const override;
    std::int64_t tile_rows() const override;
    /// Embedders and tokens with deviation 1/√fan_in, blocks with .32/√fan_in, gates and final layers zero.
    void initialise(std::uint64_t seed) override;
    const Config& config() const { return config_; }

    /// The sequence of tokens before the first block, and the trunk's output: what golden vectors look at.
    Dual sequence(const Context& context, const Dual& z, const Dual& h, const Condition& condition) const;
    Dual trunk(const Context& context, Dual x, std::int64_t blocks) const;
    std::int64_t trunk_depth() const { return static_cast<std::int64_t>(trunk_.size()); }

    static const OptionTable& options();
    static std::unique_ptr<VelocityModel> make(const Settings& settings, const SampleKind& sample);
    /// Sizes read off the names and shapes of weights ("net.x_embedder.proj.weight" and so on), for samples of this
    /// height and width. Error when they are not such weights.
    static Config detect(const std::vector<std::pair<std::string, Shape>>& weights, std::int64_t height,
                         std::int64_t width);

  private:
    struct Final {
        Param* norm;
        LinearLayer linear;
    };
    Final add_final(const std::string& name);
    Dual run(const Context& context, const InContextBlock& block, Dual x) const;
    Dual finish(const Context& context, const Final& final, const Dual& x) const;

    Config config_;
    PatchGrid grid_;
    std::int64_t prefix_;  ///< tokens before the patches
    RopeTable table_;
    LinearLayer patches_;
    ScalarEmbedder time_, omega_, t_min_, t_max_;
    Param* classes_;
    Param *class_tokens_, *omega_tokens_, *t_min_tokens_, *t_max_tokens_, *time_tokens_;
    std::vector<InContextBlock> trunk_, u_head_, v_head_;
    Final u_final_{}, v_final_{};
};

}  // namespace mf

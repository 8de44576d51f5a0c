// SPDX-License-Identifier: MIT
// DiT with adaLN-zero (arXiv 2212.09748) as MeanFlow uses it (arXiv 2505.13447, official code): t and t - r are embedded
// and added to the class embedding; fixed sine/cosine positions.
#pragma once

#include <vector>

#include "nn/ada_ln_block.hpp"
#include "nn/velocity_model.hpp"
#include "ops/patchify.hpp"

namespace mf {

class Dit final : public VelocityModel {
  public:
    struct Config {
        std::int64_t height = 32, width = 32, channels = 4;
        std::int64_t classes = 1000;  ///< the null class comes after them
        std::int64_t patch = 4;
        std::int64_t hidden = 768, depth = 12, heads = 12;
        double mlp_ratio = 4.0;
    };
    explicit Dit(const Config& config);

    /// z (rows, height * width * channels). No labels: the null class. Guidance strength and interval are not inputs.
    UV forward(const Context& context, const Dual& z, const Dual& r, const Dual& t,
               const Condition& condition, Want want) const override;
    double flops_per_row(Want want) const override;
    std::int64_t tile_rows() const override;
    /// Linear layers Xavier, embedders N(0, .02), modulation and final layer zero.
    void initialise(std::uint64_t seed) override;
    const Config& config() const { return config_; }

    /// Patches with positions, and SiLU's argument c = E_t(t) + E_h(t - r) + table[y]: what golden vectors look at.
    Dual tokens(const Context& context, const Dual& z) const;
    Dual condition(const Context& context, const Dual& t, const Dual& h, const Tensor& labels) const;
    const AdaLnBlock& block(std::size_t i) const { return blocks_[i]; }
    const Tensor& positions() const { return positions_; }

    static const OptionTable& options();
    static std::unique_ptr<VelocityModel> make(const Settings& settings, const SampleKind& sample);
    /// Sizes read off the names and shapes of weights, for samples of this height and width; heads are 64 wide, as in
    /// every published one but XL (16 of 72), or there is one. Error when they are not such weights.
    static Config detect(const std::vector<std::pair<std::string, Shape>>& weights, std::int64_t height,
                         std::int64_t width);

  private:
    Config config_;
    PatchGrid grid_;
    Tensor positions_;  ///< (patches, hidden)
    LinearLayer patches_;
    ScalarEmbedder time_, interval_;
    Param* classes_;
    std::vector<AdaLnBlock> blocks_;
    LinearLayer final_, final_modulation_;
};

}  // namespace mf

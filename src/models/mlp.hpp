// SPDX-License-Identifier: MIT
// The tutorial's network: linear layers with an activation between them; input = z and the raw times side by side.
#pragma once

#include <vector>

#include "nn/velocity_model.hpp"
#include "ops/pointwise.hpp"

namespace mf {

/// `network.{0,2,4,...}.weight (out, in)`, `.bias (out)`, as torch.nn.Sequential numbers linear layers and activations
/// (tutorial "Generative_Models/improved_mean_flow" of wenhangao21/Tutorials). A v head is a second last layer
/// `v_head.weight`, `v_head.bias`.
class Mlp final : public VelocityModel {
  public:
    struct Config {
        std::int64_t dimensions = 2;  ///< of z
        std::int64_t width = 128;
        std::int64_t depth = 4;  ///< hidden layers
        Pointwise activation = Pointwise::gelu;
        bool interval = true;  ///< input (z, t, r); false: (z, t)
        bool v_head = false;
    };
    explicit Mlp(const Config& config);

    UV forward(const Context& context, const Dual& z, const Dual& r, const Dual& t,
               const Condition& condition, Want want) const override;
    bool has_v_head() const override { return config_.v_head; }
    double flops_per_row(Want want) const override;
    /// torch.nn.Linear's default: weights and biases uniform on ±1/√fan_in.
    void initialise(std::uint64_t seed) override;
    const Config& config() const { return config_; }

    static const OptionTable& options();
    static std::unique_ptr<VelocityModel> make(const Settings& settings, const SampleKind& sample);

  private:
    struct Layer {
        Param *weight, *bias;
    };
    Config config_;
    std::vector<Layer> hidden_;
    Layer u_{}, v_{};
};

}  // namespace mf

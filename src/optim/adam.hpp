// SPDX-License-Identifier: MIT
// Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019), as optax writes them:
//   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g²,  m̂ = m / (1 - b1^(k+1)),  v̂ = v / (1 - b2^(k+1))
//   w -= lr ( m̂ / (√v̂ + eps) + wd w )
#pragma once

#include "optim/optimiser.hpp"

namespace mf {

class Adam final : public Optimiser {
  public:
    struct Config {
        double b1 = 0.9, b2 = 0.999, eps = 1e-8;
        double weight_decay = 0;  ///< decoupled; 0 for adam
    };
    /// For that many parameters in the host's memory.
    Adam(const Config& config, std::int64_t parameters);
    Adam(const Config& config, const ParamStore& params);
    ~Adam() override;  // not inline: its table of functions belongs to the instruction set

    void update(Device& device, Into weights, View gradients, std::int64_t step, double rate,
                double gradient_scale) override;
    std::vector<std::pair<std::string, Tensor>> state() override { return {{"adam.m", m_}, {"adam.v", v_}}; }

    static OptionTable options(bool decay);
    static Config configure(const Settings& settings);
    static std::unique_ptr<Optimiser> make(const Settings& settings, const ParamStore& params);

  private:
    Config config_;
    Tensor m_, v_;
};

}  // namespace mf

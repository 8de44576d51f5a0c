// SPDX-License-Identifier: MIT
// Muon (Jordan et al. 2024; the optimiser of pixel MeanFlow): the update of a wide matrix is its Nesterov momentum with
// all singular values set to about 1, so that every direction of the layer learns at the same rate:
//   m = b1 m + (1 - b1) g,   W -= rate · muon_lr/lr · √max(1, out/in) · orth(b1 m + (1 - b1) g)
// Everything else (biases, vectors, narrow layers) goes to Adam. With precision=bf16 the products that orthogonalise have
// factors in bf16, as the iteration was published.
#pragma once

#include <map>

#include "optim/adam.hpp"
#include "optim/orthogonalise.hpp"

namespace mf {

class Muon final : public Optimiser {
  public:
    struct Config {
        Adam::Config adam;
        double lr = 1e-3;       ///< base rate of Adam, to which the schedule's rate is compared
        double muon_lr = 0.02;  ///< base rate of the matrices
        double momentum = 0.9;
        DType factors = DType::f32;  ///< of the products that orthogonalise
    };
    Muon(const Config& config, const ParamStore& params);

    void update(Team& team, std::span<float> weights, std::span<const float> gradients, std::int64_t step,
                double rate, double gradient_scale) override;
    std::vector<std::pair<std::string, Tensor>> state() override;

    static OptionTable options();
    static std::unique_ptr<Optimiser> make(const Settings& settings, const ParamStore& params);

  private:
    struct Matrix {
        std::int64_t offset;
        Tensor direction;  ///< (out, in) work space
        Tensor before;     ///< the weights, which Adam's pass over the flat array must not change
    };
    /// What one thread does of an update: whole matrices, so that threads meet once and bits do not depend on them.
    struct Share {
        std::vector<Matrix*> matrices;
        std::map<std::pair<std::int64_t, std::int64_t>, Orthogonaliser> of_shape;
    };
    void deal(int threads);
    void find_direction(Share& share, Matrix& matrix, std::span<const float> weights,
                        std::span<const float> gradients, float scale);
    void step_along(const Matrix& matrix, std::span<float> weights, double rate) const;

    Config config_;
    Adam adam_;
    Tensor momentum_;  // flat; zero outside the matrices
    std::vector<Matrix> matrices_;
    std::vector<Share> shares_;
    Team solo_{1};
};

}  // namespace mf

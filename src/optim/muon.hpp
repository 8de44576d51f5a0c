// SPDX-License-Identifier: MIT
// Muon (Jordan et al. 2024; the optimiser of pixel MeanFlow): the update of a wide matrix is its Nesterov momentum with
// all singular values set to about 1, so that every direction of the layer learns at the same rate:
//   m = b1 m + (1 - b1) g,   W -= rate · muon_lr/lr · √max(1, out/in) · orth(b1 m + (1 - b1) g)
// Everything else (biases, vectors, narrow layers) goes to Adam. With precision=bf16 the products that orthogonalise have
// factors in bf16, as the iteration was published.
#pragma once

#include "optim/adam.hpp"

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

    void update(Device& device, Into weights, View gradients, std::int64_t step, double rate,
                double gradient_scale) override;
    std::vector<std::pair<std::string, Tensor>> state() override;

    static OptionTable options();
    static std::unique_ptr<Optimiser> make(const Settings& settings, const ParamStore& params);

  private:
    struct Matrix {
        std::int64_t offset;
        Shape shape;  ///< (out, in)
    };
    void find_matrices(Into weights, View gradients, double rate);

    Config config_;
    Adam adam_;
    Tensor momentum_;            // flat; zero outside the matrices
    Tensor before_, direction_;  // of the matrices, one behind the other
    std::vector<Matrix> matrices_;
    std::vector<MuonMatrix> now_;
    std::unique_ptr<MuonMemory> memory_;
};

}  // namespace mf

// SPDX-License-Identifier: MIT
// The FID network's weights as files have them: convolutions and batch norms apart.
#pragma once

#include <map>
#include <string>

#include "ops/param.hpp"
#include "tensor/tensor.hpp"

namespace mf {

/// Error, in one line, when these are not all the weights of the FID network and nothing else, or a shape does not fit those
/// of its neighbours. It says what they look like instead.
void check_inception_weights(const std::map<std::string, Tensor>& weights, const std::string& place);

/// Convolutions with their batch norm (eps 1e-3, statistics of training) folded in, in double precision:
///     w' = w g / sqrt(var + eps),   b' = beta - mean g / sqrt(var + eps)
class InceptionWeights {
  public:
    /// Checked weights, which must outlive it.
    InceptionWeights(const std::map<std::string, Tensor>& weights, const std::string& place)
        : weights_(weights), place_(place) {}

    /// (out, in, height, width) of a layer's convolution.
    const Shape& shape(const std::string& layer) const { return weights_.at(layer + ".conv.weight").shape(); }
    /// Error when a number is not finite, or a variance negative.
    void write(const std::string& layer, Param& weight, Param& bias) const;

  private:
    Tensor floats(const std::string& name) const;

    const std::map<std::string, Tensor>& weights_;
    std::string place_;
};

}  // namespace mf

// SPDX-License-Identifier: MIT
// Weights of a file against the parameters of a network: what is missing, has another shape, or is too much.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/safetensors.hpp"
#include "ops/param.hpp"

namespace mf {

/// Names of at most this many tensors are listed.
inline constexpr std::size_t kMostListed = 10;

struct WeightsMatch {
    std::vector<std::string> missing;  ///< parameters that the file lacks
    std::vector<std::string>
        other_shape;  ///< those of another shape, in words: "'a' has shape (3), expected (4)"
    std::vector<std::string> surplus;  ///< tensors that are no parameter

    bool fits() const { return missing.empty() && other_shape.empty(); }
    /// "2 are missing: 'a' (nearest: 'b'), 'c'; 1 is surplus: 'b'": at most kMostListed names, those that matter most first.
    std::string text() const;
    /// The same about what is surplus alone.
    std::string surplus_text() const;
};

/// `ignored`: what names of surplus tensors may begin with; "" for nothing.
WeightsMatch match_weights(const TensorFile& weights, const ParamStore& params, std::string_view ignored);

/// True when no number of it is infinite or not a number; integers never are.
bool holds_finite(const Tensor& tensor);

/// Error, naming `place` and the tensor, for the first number that is infinite or not a number.
void check_finite(const TensorFile& weights, const ParamStore& params, Team& team, const std::string& place);

}  // namespace mf

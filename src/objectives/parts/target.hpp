// SPDX-License-Identifier: MIT
// What V (or v_θ) is regressed on: an unbiased one-sample target, or one with less variance.
//   sample   v = e - x of the row itself
//   stable   v = E[e - x | z_t], estimated with K samples x_j of the same batch as candidates for the x behind z_t
//            (stable target field, Xu, Tong and Jaakkola 2023, arXiv 2302.00670): with s the noise level,
//            w_j ∝ exp(-|z - (1-s) x_j|² / (2 s²)),  x̂ = Σ_j w_j x_j,  v = (z - x̂) / s
// The marginal velocity is what the regression is after in both cases; `stable` is consistent as K grows and much less
// noisy where many x explain one z.
#pragma once

#include "core/options.hpp"
#include "objectives/objective.hpp"
#include "objectives/parts/path.hpp"

namespace mf {

struct Target {
    std::int64_t references = 0;  ///< K; 0: the sample's own velocity

    /// Target velocity (rows, D) for states z (rows, D); `v` is the rows' own velocity.
    Tensor velocity(const Context& context, const Path& path, const Draws& draws, const Tensor& z,
                    const Tensor& v) const;

    static OptionTable options();
    static Target make(const Settings& settings);
};

}  // namespace mf

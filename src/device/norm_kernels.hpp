// SPDX-License-Identifier: MIT
// Norms over rows; the laws stand in ops/rms_norm.hpp and ops/layer_norm.hpp. All f32 unless said otherwise.
#pragma once

#include "device/view.hpp"

namespace mf {

class Pool;

/// Groups normalised as rms_norm does it, each then turned by the angles of its token as rope does it.
struct NormRopePass {
    View x;         ///< (rows, heads d)
    View x_dot;     ///< of the last rows, or absent
    View g;         ///< d numbers
    View cos, sin;  ///< (tokens, d)
    Into s;         ///< one number for each group
    Into y, y_dot;  ///< f32 or bf16
    float eps;
};

class NormKernels {
  public:
    /// x in groups of as many numbers as g has; y f32 or bf16; s (groups) is written.
    virtual void rms_norm(Into y, Into s, View x, View g, float eps) = 0;
    /// y' of groups x with their s.
    virtual void rms_norm_tangent(Into y_dot, View x, View x_dot, View s, View g) = 0;
    /// dx may be absent; dg is added to.
    virtual void rms_norm_adjoint(Into dx, Into dg, View dy, View x, View s, View g) = 0;

    virtual void rms_norm_rope(const NormRopePass& pass, Pool& scratch) = 0;

    /// y = n, s (rows): normalised rows of x, and what they were scaled by.
    virtual void layer_norm(Into y, Into s, View x, float eps) = 0;
    /// y = s (d - mean(d) - n mean(n d)): the symmetric Jacobian times d.
    virtual void layer_norm_slope(Into y, View d, View n, View s) = 0;

  protected:
    ~NormKernels() = default;
};

}  // namespace mf

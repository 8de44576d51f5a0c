// SPDX-License-Identifier: MIT
// What objectives and samplers know of a network.
#pragma once

#include <memory>

#include "core/catalogue.hpp"
#include "ops/context.hpp"
#include "ops/param.hpp"
#include "tensor/dual.hpp"

namespace mf {

/// What a pass is to compute: nothing else is computed.
struct Want {
    bool u = true;
    bool v = false;
};

/// The average velocity u(z, r, t) over [r, t] and, from a v head, the instantaneous velocity v(z, t).
struct UV {
    Dual u, v;
};

/// Conditioning of every row, in the memory of the host; empty tensors where a model has none.
struct Condition {
    Tensor labels;        ///< (rows) i32
    Tensor omega;         ///< (rows, 1) guidance strength
    Tensor t_min, t_max;  ///< (rows, 1) guidance interval
};

class VelocityModel {
  public:
    virtual ~VelocityModel() = default;

    /// One pass. z (rows, D), r and t (rows, 1), all with or without tangents: where they move, so do the results.
    /// Differentiable with respect to the parameters when the context has a tape.
    virtual UV forward(const Context& context, const Dual& z, const Dual& r, const Dual& t,
                       const Condition& condition, Want want) const = 0;
    /// A v head exists (it is trained only, and dropped at sampling).
    virtual bool has_v_head() const { return false; }
    /// Multiply-adds of one forward pass of one row, times two; for `want` and without tangent.
    virtual double flops_per_row(Want want) const = 0;

    ParamStore& params() { return params_; }
    const ParamStore& params() const { return params_; }
    /// Rows whose activations fit in the cache of one core: how many a training or sampling pass takes at a time.
    virtual std::int64_t tile_rows() const { return 128; }
    /// Fills the parameters with their initial values: a function of the seed alone.
    virtual void initialise(std::uint64_t seed) = 0;

  protected:
    ParamStore params_;
};

/// What a network is built for.
struct SampleKind {
    Shape shape;               ///< of one sample: (2) for points, (height, width, channels) for images
    std::int64_t classes = 0;  ///< 0: no labels
};
using ModelFactory = std::unique_ptr<VelocityModel> (*)(const Settings&, const SampleKind&);

}  // namespace mf

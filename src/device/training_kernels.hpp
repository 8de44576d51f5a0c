// SPDX-License-Identifier: MIT
// Kernels of objectives, optimisers and samplers. Arrays called `rows of the host` are in its memory. All f32 unless said
// otherwise. A total is a sum over a whole step that stays on the device until it is read: a cell (1, 1) of type f64, in
// which the device may keep what it likes; bytes of zero are the number 0.
#pragma once

#include <memory>
#include <span>

#include "device/view.hpp"

namespace mf {

class Pool;

/// Loss of the rows of p against y (ops/square_loss.hpp), and its gradient.
struct SquareLossPass {
    View p, y;
    Into gradient;  ///< of p, for L̄ = 1
    Into loss;      ///< (1, 1)
    Into total;     ///< a total or absent: of |p - y|², unweighted
    double power = 0, constant = 0, divisor = 1;
};

/// Cross-entropy of logits (ops/cross_entropy.hpp), and its gradient.
struct CrossEntropyPass {
    View logits;
    const std::int32_t* labels;  ///< rows of the host, in range
    Into gradient, loss;
    Into right;  ///< a total or absent: of rows whose largest logit is at the label
    double smoothing = 0, divisor = 1;
};

/// How a row's target is made: own v + conditional θ[conditional_row] + null θ[null_row], where the factor is not 0.
struct GuidedRow {
    double own, conditional, null;
    std::int32_t conditional_row, null_row;
};

/// One step of Adam: m = b1 m + m_step g, v = b2 v + v_step g², w -= m_unbias m / (√(v v_unbias) + eps) + decay w, with
/// g = scale times the gradient.
struct AdamStep {
    float b1, b2, m_step, v_step, m_unbias, v_unbias, eps, decay, scale;
};

/// What the mean of the candidates for the sample behind a state is asked for (objectives/parts/target.hpp).
struct PosteriorPass {
    View z, v;        ///< (rows, D): states, and what a row gets whose noise is too little to share
    View t;           ///< (rows, 1)
    View candidates;  ///< (groups * per_group, D)
    std::int64_t per_group, first_in_group;
    bool noise_at_one;  ///< t = 1 is noise
    Into velocity;      ///< (rows, D)
};

/// One matrix of an update by Muon (optim/muon.hpp), all (out, in).
struct MuonMatrix {
    Into weight, momentum;
    View gradient;
    Into before;     ///< what the weights were
    Into direction;  ///< where they go
    float length;    ///< of the step along it
};
struct MuonStep {
    float momentum, gradient_scale;
    DType factors;  ///< of the products that orthogonalise
};
/// What a device keeps between updates by Muon.
class MuonMemory {
  public:
    virtual ~MuonMemory() = default;
};

class TrainingKernels {
  public:
    /// z = (1 - t) a + t b, a row at a time; t (rows, 1).
    virtual void mix_by_time(Into z, View a, View b, View t) = 0;
    /// V += (t - r) du_dt in the last rows; r and t are those rows'. `total`: of what is added, squared.
    virtual void add_correction(Into V, View du_dt, View r, View t, Into total) = 0;
    virtual void square_loss(const SquareLossPass& pass) = 0;
    virtual void cross_entropy(const CrossEntropyPass& pass) = 0;
    /// `rows` of the host; those whose own factor is NaN become v.
    virtual void guide(Into target, View v, View theta, const GuidedRow* rows) = 0;
    virtual void posterior_velocity(const PosteriorPass& pass, Pool& scratch) = 0;

    /// total += x (1, 1).
    virtual void add_total(Into total, View x) = 0;
    /// The numbers of `count` totals that follow each other.
    virtual void read_totals(double* to, View totals, std::int64_t count) = 0;
    /// Adds all other parts to the first; returns the sum of the squares of what is there then.
    virtual double gather_squares(std::span<const Into> parts) = 0;
    virtual bool all_finite(View x) = 0;
    virtual void adam(Into weights, Into m, Into v, View gradient, const AdamStep& step) = 0;
    /// average += step (weights - average).
    virtual void ema(Into average, View weights, float step) = 0;
    /// Fills `before` and `direction` of every matrix; weights are as they were.
    virtual void muon_directions(std::span<const MuonMatrix> matrices, const MuonStep& step,
                                 std::unique_ptr<MuonMemory>& memory) = 0;
    /// weight = keep before - length direction.
    virtual void muon_step(std::span<const MuonMatrix> matrices, float keep, MuonMemory& memory) = 0;

    /// Rows whose strength (of the host) is not NaN: own = null + omega (own - null).
    virtual void mix_guidance(Into own, View null, const float* omega) = 0;

  protected:
    ~TrainingKernels() = default;
};

}  // namespace mf

// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "core/catalogue.hpp"
#include "core/rng.hpp"
#include "nn/velocity_model.hpp"

namespace mf {

/// What a loss was made of, kept for whoever asks (golden vectors, diagnostics); rows as in the batch.
struct LossTrace {
    Tensor z, own;             ///< z_t and the rows' own velocity
    Tensor conditional, null;  ///< v_θ(z | y) and v_θ(z | null class); only without savings
    Tensor before_drop;        ///< v_g as if no label were dropped; only without savings
    Tensor target;             ///< what V (and v) is regressed on
    Tensor u, du_dt, V, v;     ///< du_dt of the rows with a tangent
};

/// Where a lane's rows stand in their batch.
struct BatchPlace {
    std::uint64_t first = 0;  ///< index of the batch's first row in the streams of random numbers
    std::int64_t batch = 0;   ///< rows of the batch
    std::int64_t row = 0;     ///< this lane's first row in it
    std::int64_t equal_before = 0, equal_all = 0;  ///< rows with r = t before this lane's, and in the batch
};

/// The rows that one lane works on, with every random number already drawn. The first `equal` rows have r = t.
struct Draws {
    Tensor x;                     ///< (rows, D) data
    Tensor e;                     ///< (rows, D) standard normal noise
    Tensor r, t;                  ///< (rows, 1), 0 <= r <= t <= 1
    Tensor host_t;                ///< t in the memory of the host; empty: t is there
    Tensor labels;                ///< (rows) i32, or empty
    std::int32_t null_label = 0;  ///< the label of no class: the number of classes
    Tensor dropped;               ///< (rows) u8: the null class is trained instead; or empty
    Tensor omega, t_min, t_max;  ///< (rows, 1) guidance strength and interval, or empty; in the host's memory
    Tensor
        references;  ///< (groups * K, D) samples of the batch around these rows, when the objective asks for K
    std::int64_t row_in_group = 0;  ///< the first row's place among `references`
    std::int64_t equal = 0;
    std::int64_t batch = 0;  ///< rows of the whole batch: losses are divided by it
    double progress = 0;     ///< share of the training that is behind us, in [0, 1]
    LossTrace* trace = nullptr;

    float time(std::int64_t row) const { return (host_t.empty() ? t : host_t).f32()[row]; }
};

/// Sums over rows, to be added up over lanes and divided by the batch.
struct LossSums {
    double loss = 0;        ///< what is minimised
    double square_u = 0;    ///< |V - v|^2 (or |v_θ - v|^2 for fm), unweighted
    double square_v = 0;    ///< the same of a v head
    double square_jvp = 0;  ///< |(t - r) du/dt|^2
    std::int64_t rows = 0;
    std::int64_t guidance_rows = 0;  ///< rows of passes for v_θ, without tangent or tape
    LossSums& operator+=(const LossSums& o) {
        loss += o.loss, square_u += o.square_u, square_v += o.square_v, square_jvp += o.square_jvp,
            rows += o.rows, guidance_rows += o.guidance_rows;
        return *this;
    }
};

/// The same while they are on a device, which adds to them: read once a step.
class LossTotals {
  public:
    explicit LossTotals(Pool& pool) : cells_(Tensor::zeros({kCells, 1}, DType::f64, &pool)) {}
    void clear(Device& device) {
        device.zero(Into(cells_).data, cells_.bytes());
        rows = guidance_rows = 0;
    }
    Into loss() { return cell(0); }
    Into square_u() { return cell(1); }
    Into square_v() { return cell(2); }
    Into square_jvp() { return cell(3); }
    LossSums read(Device& device) const {
        double sum[kCells];
        device.read_totals(sum, cells_, kCells);
        return {sum[0], sum[1], sum[2], sum[3], rows, guidance_rows};
    }

    std::int64_t rows = 0, guidance_rows = 0;

  private:
    static constexpr std::int64_t kCells = 4;
    Into cell(std::int64_t i) {
        Tensor one = cells_.row_range(i, i + 1);
        return one;
    }
    Tensor cells_;
};

class Objective {
  public:
    virtual ~Objective() = default;
    /// Records the loss of these rows on the context's tape and returns it, (1, 1); adds to `totals`.
    virtual Dual loss(const Context& context, const VelocityModel& model, const Draws& draws,
                      LossTotals& totals) const = 0;
    /// Draws what belongs to labels (guidance, dropping) for rows whose x, times and labels are there already.
    virtual void draw_guidance(const Context&, Draws&, const Random&, const BatchPlace&) const {}
    /// Samples of the batch that each row is to be compared with (K); 0: none are drawn.
    virtual std::int64_t references() const { return 0; }
    /// True when the network takes (r, t); false when it takes t alone.
    virtual bool needs_interval() const = 0;
    /// Floating-point operations of one training step for each row of the batch, at `equal_share` rows with r = t and
    /// without the passes for v_θ.
    virtual double flops_per_row(const VelocityModel& model, double equal_share) const = 0;
    /// Those of one row of a pass for v_θ (LossSums::guidance_rows).
    virtual double flops_per_guidance_row(const VelocityModel&) const { return 0; }
};

using ObjectiveFactory = std::unique_ptr<Objective> (*)(const Settings&);
/// fm, mf, imf by name; option keys start with "objective." and "loss.".
const Catalogue<ObjectiveFactory>& objective_catalogue();

}  // namespace mf

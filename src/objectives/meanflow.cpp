// SPDX-License-Identifier: MIT
#include "objectives/meanflow.hpp"

#include "objectives/parts/path.hpp"
#include "objectives/parts/target.hpp"
#include "objectives/parts/weighting.hpp"
#include "ops/arithmetic.hpp"

namespace mf {
namespace {

/// What moves z in the Jacobian-vector product.
enum class Tangent : std::uint8_t {
    velocity,  ///< e - x of the sample (mf)
    self,      ///< u(z, t, t), the boundary value of the network (imf)
    head,      ///< the v head (imf)
};

class AverageVelocity final : public Objective {
  public:
    AverageVelocity(const Settings& settings, Tangent tangent)
        : path_(Path::make(settings)),
          weighting_(Weighting::make(settings)),
          target_(Target::make(settings)),
          tangent_(tangent) {}

    Dual loss(const Context& context, const VelocityModel& model, const Draws& d,
              LossSums& sums) const override {
        const std::int64_t rows = d.x.rows(), cols = d.x.cols();
        const Condition condition{.labels = d.labels, .omega = {}, .t_min = {}, .t_max = {}};
        const Tensor z = path_.at(context, d.x, d.e, d.t);
        const Tensor own = path_.velocity(context, d.x, d.e);
        const Tensor v = target_.velocity(context, path_, d, z, own);
        Tensor one = context.make({rows - d.equal, 1});
        one.fill(1.0F);

        const Tensor dz = direction(context, model, z, own, d);
        const bool head = tangent_ == Tangent::head;
        const UV f = model.forward(context, Dual(z).moving(dz), d.r, Dual(d.t).moving(one), condition,
                                   {.u = true, .v = head});
        const Dual V = compound(context, f.u, d, sums);

        const SquareWeight weight = weighting_.at(d.progress);
        const double divisor = weighting_.divisor(d.batch, cols);
        SquareLoss u_loss = square_loss(context, V, v, weight, divisor);
        sums += {.square_u = u_loss.squares, .rows = rows};
        Dual total = std::move(u_loss.loss);
        if (head) {
            SquareLoss v_loss = square_loss(context, f.v, v, weight, divisor);
            sums.square_v += v_loss.squares;
            total = add(context, total, v_loss.loss);
        }
        sums.loss += total.value.f32()[0];
        return total;
    }

    std::int64_t references() const override { return target_.references; }
    bool needs_interval() const override { return true; }
    double flops_per_row(const VelocityModel& model, double equal_share) const override {
        const bool head = tangent_ == Tangent::head;
        const double pass = model.flops_per_row({.u = true, .v = false}), moving = 1.0 - equal_share;
        const double trained = model.flops_per_row({.u = true, .v = head});
        const double tangent_pass = tangent_ == Tangent::velocity ? 0.0 : moving * pass;
        return tangent_pass + moving * pass + 3.0 * trained;
    }

  private:
    /// dz of the rows with r < t, (rows - equal, D). No gradient flows through it.
    Tensor direction(const Context& context, const VelocityModel& model, const Tensor& z, const Tensor& v,
                     const Draws& d) const {
        const std::int64_t rows = z.rows();
        if (tangent_ == Tangent::velocity || d.equal == rows) return v.row_range(d.equal, rows);
        const Tensor t = d.t.row_range(d.equal, rows);
        Condition condition;
        if (!d.labels.empty())
            condition.labels =
                d.labels.reshaped({rows, 1}).row_range(d.equal, rows).reshaped({rows - d.equal});
        const bool head = tangent_ == Tangent::head;
        UV f = model.forward(context.untaped(), z.row_range(d.equal, rows), t, t, condition,
                             {.u = !head, .v = head});
        return head ? std::move(f.v.value) : std::move(f.u.value);
    }

    /// V = u + (t - r) sg(du/dt). Its gradient is that of u, so it takes u's slot and leaves no record.
    static Dual compound(const Context& context, const Dual& u, const Draws& d, LossSums& sums) {
        const std::int64_t cols = u.cols(), from = u.tangent_begin();
        Tensor V = context.make(u.value.shape());
        V.copy_from(u.value);
        const float *t = d.t.f32(), *r = d.r.f32(), *du_dt = u.tangent.f32();
        float* to = V.f32() + from * cols;
        for (std::int64_t i = 0, moving = u.tangent_rows(); i < moving; ++i) {
            const float length = t[from + i] - r[from + i];
            for (std::int64_t j = i * cols; j < (i + 1) * cols; ++j) {
                const float correction = length * du_dt[j];
                to[j] += correction;
                sums.square_jvp += static_cast<double>(correction) * correction;
            }
        }
        return {std::move(V), {}, u.slot};
    }

    Path path_;
    Weighting weighting_;
    Target target_;
    Tangent tangent_;
};

Tangent tangent_of(const Settings& settings) {
    const std::string& name = settings.text("objective.tangent");
    return name == "velocity" ? Tangent::velocity : name == "head" ? Tangent::head : Tangent::self;
}

OptionTable options(const std::string& initial) {
    OptionTable table = Target::options();
    table.push_back(
        {"objective.tangent",
         OptionKind::text,
         initial,
         "what moves z in du/dt: velocity (e - x), self (u(z,t,t)) or head (the v head; needs model.v_head)",
         0,
         0,
         {"velocity", "self", "head"}});
    return table;
}

std::unique_ptr<Objective> make(const Settings& settings) {
    return std::make_unique<AverageVelocity>(settings, tangent_of(settings));
}

}  // namespace

OptionTable meanflow_options() { return options("velocity"); }
OptionTable improved_meanflow_options() { return options("self"); }
std::unique_ptr<Objective> make_meanflow(const Settings& settings) { return make(settings); }
std::unique_ptr<Objective> make_improved_meanflow(const Settings& settings) { return make(settings); }

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "objectives/meanflow.hpp"

#include "objectives/parts/guidance.hpp"
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
          guidance_(Guidance::make(settings)),
          tangent_(tangent) {}

    Dual loss(const Context& context, const VelocityModel& model, const Draws& d,
              LossTotals& totals) const override {
        const std::int64_t rows = d.x.rows(), cols = d.x.cols();
        const Tensor z = path_.at(context, d.x, d.e, d.t);
        const Tensor own = path_.velocity(context, d.x, d.e);
        const bool head = tangent_ == Tangent::head, by_network = tangent_ != Tangent::velocity;
        const Guided g = guidance_.apply(context, model, z, target_.velocity(context, path_, d, z, own), d,
                                         head, by_network && d.equal < rows, totals);
        const Tensor one = context.filled({rows - d.equal, 1}, 1.0F);
        const bool guided = guidance_.kind() != Guidance::Kind::none;
        const Tensor dz =
            by_network && d.equal < rows ? g.direction : (guided ? g.target : own).row_range(d.equal, rows);
        const UV f = model.forward(context, Dual(z).moving(dz), d.r, Dual(d.t).moving(one), g.condition,
                                   {.u = true, .v = head});
        const Dual V = compound(context, f.u, d, totals);
        if (d.trace != nullptr)
            d.trace->z = z, d.trace->own = own, d.trace->target = g.target, d.trace->u = f.u.value,
            d.trace->du_dt = f.u.tangent, d.trace->V = V.value, d.trace->v = f.v.value;

        const SquareWeight weight = weighting_.at(d.progress);
        const double divisor = weighting_.divisor(d.batch, cols);
        Dual total = square_loss(context, V, g.target, weight, divisor, totals.square_u());
        totals.rows += rows;
        if (head)
            total =
                add(context, total, square_loss(context, f.v, g.target, weight, divisor, totals.square_v()));
        context.device.add_total(totals.loss(), total.value);
        return total;
    }

    void draw_guidance(const Context& context, Draws& draws, const Random& random,
                       const BatchPlace& place) const override {
        guidance_.draw(context, draws, random, place);
    }
    std::int64_t references() const override { return target_.references; }
    bool needs_interval() const override { return true; }
    double flops_per_row(const VelocityModel& model, double equal_share) const override {
        const double moving = model.flops_per_row({.u = true, .v = false}) * (1.0 - equal_share);
        return moving + 3.0 * model.flops_per_row({.u = true, .v = tangent_ == Tangent::head});
    }
    double flops_per_guidance_row(const VelocityModel& model) const override {
        const bool head = tangent_ == Tangent::head;
        const bool none = tangent_ == Tangent::velocity && guidance_.kind() == Guidance::Kind::none;
        return none ? 0.0 : model.flops_per_row({.u = !head, .v = head});
    }

  private:
    /// V = u + (t - r) sg(du/dt). Its gradient is that of u, so it takes u's slot and leaves no record.
    static Dual compound(const Context& context, const Dual& u, const Draws& d, LossTotals& totals) {
        const std::int64_t from = u.tangent_begin(), rows = u.rows();
        Tensor V = context.make(u.value.shape());
        context.device.convert(V, u.value);
        if (from < rows)
            context.device.add_correction(V, u.tangent, d.r.row_range(from, rows), d.t.row_range(from, rows),
                                          totals.square_jvp());
        return {std::move(V), {}, u.slot};
    }

    Path path_;
    Weighting weighting_;
    Target target_;
    Guidance guidance_;
    Tangent tangent_;
};

Tangent tangent_of(const Settings& settings) {
    const std::string& name = settings.text("objective.tangent");
    return name == "velocity" ? Tangent::velocity : name == "head" ? Tangent::head : Tangent::self;
}

OptionTable options(const std::string& initial) {
    OptionTable table = Target::options();
    for (Option& option : Guidance::options("none")) table.push_back(std::move(option));
    table.push_back({"objective.tangent",
                     OptionKind::text,
                     initial,
                     "what moves z in du/dt: velocity (e - x, or its guided form), self (u(z,t,t)) or head "
                     "(the v head; needs model.v_head)",
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

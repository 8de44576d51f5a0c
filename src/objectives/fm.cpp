// SPDX-License-Identifier: MIT
// Flow matching (Lipman et al. 2023, arXiv 2210.02747): L = E |v_θ(z_t, t) - v|².
#include "objectives/fm.hpp"

#include "objectives/parts/guidance.hpp"
#include "objectives/parts/path.hpp"
#include "objectives/parts/target.hpp"
#include "objectives/parts/weighting.hpp"

namespace mf {
namespace {

class FlowMatching final : public Objective {
  public:
    explicit FlowMatching(const Settings& settings)
        : path_(Path::make(settings)),
          weighting_(Weighting::make(settings)),
          target_(Target::make(settings)),
          guidance_(Guidance::make(settings)) {}

    Dual loss(const Context& context, const VelocityModel& model, const Draws& d,
              LossTotals& totals) const override {
        const Tensor z = path_.at(context, d.x, d.e, d.t);
        const Tensor v = target_.velocity(context, path_, d, z, path_.velocity(context, d.x, d.e));
        const Guided g = guidance_.apply(context, model, z, v, d, false, false, totals);
        const UV f = model.forward(context, z, d.t, d.t, g.condition, {.u = true, .v = false});
        Dual loss = square_loss(context, f.u, g.target, weighting_.at(d.progress),
                                weighting_.divisor(d.batch, v.cols()), totals.square_u());
        context.device.add_total(totals.loss(), loss.value);
        totals.rows += d.x.rows();
        return loss;
    }
    void draw_guidance(const Context& context, Draws& draws, const Random& random,
                       const BatchPlace& place) const override {
        guidance_.draw(context, draws, random, place);
    }
    std::int64_t references() const override { return target_.references; }
    bool needs_interval() const override { return false; }
    double flops_per_row(const VelocityModel& model, double) const override {
        return 3.0 * model.flops_per_row({.u = true, .v = false});
    }

  private:
    Path path_;
    Weighting weighting_;
    Target target_;
    Guidance guidance_;  // drops labels only
};

}  // namespace

OptionTable flow_matching_options() {
    OptionTable table = Target::options();
    for (Option& option : Guidance::dropping_options()) table.push_back(std::move(option));
    return table;
}
std::unique_ptr<Objective> make_flow_matching(const Settings& settings) {
    return std::make_unique<FlowMatching>(settings);
}

}  // namespace mf

// SPDX-License-Identifier: MIT
// The velocity that training regresses on when there are labels: classifier-free guidance inside the objective.
//   flexible  v_g = v + (1 - 1/ω) (v_θ(z | y, ω) - v_θ(z | ∅, 1)),  ω ~ p(ω) ∝ ω^-β on [1, ω_max] where t_min <= t <= t_max
//             and 1 elsewhere; ω, t_min and t_max are inputs of the network          (iMF, arXiv 2512.02012)
//   fixed     the same with one ω for all rows
//   mix       v_g = ω v + κ u(z, t, t | y) + (1 - ω - κ) u(z, t, t | ∅) where t_start <= t <= t_end   (MeanFlow,
//             arXiv 2505.13447, eq. 19 and appendix)
// Rows whose label is dropped train the null class on v itself.
//
// Only what the sum needs is computed: a row wants v_θ(· | y) when it has a tangent or 1 - 1/ω ≠ 0, and v_θ(· | ∅) when
// 1 - 1/ω ≠ 0 and its label is kept. `saving` false computes all of it for every row, to show that nothing changes.
#pragma once

#include "core/options.hpp"
#include "objectives/objective.hpp"

namespace mf {

/// What guidance makes of a batch's rows.
struct Guided {
    Tensor target;     ///< v_g (rows, D)
    Tensor direction;  ///< v_θ(z | y) of the rows with a tangent, (rows - equal, D); empty when not asked for
    Condition condition;  ///< what the trained pass is given: labels after dropping, ω, interval
};

class Guidance {
  public:
    enum class Kind : std::uint8_t { none, flexible, fixed, mix };

    Kind kind() const { return kind_; }
    /// Fills draws.omega, t_min, t_max and dropped from base numbers that depend on seed and row alone.
    void draw(const Context& context, Draws& draws, const Random& random, const BatchPlace& place) const;

    /// `head`: v_θ is the v head, otherwise u(z, t, t). `direction`: the rows with a tangent want v_θ(z | y).
    /// `v`: what is guided, (rows, D).
    Guided apply(const Context& context, const VelocityModel& model, const Tensor& z, const Tensor& v,
                 const Draws& draws, bool head, bool direction, LossTotals& totals) const;

    /// Keys of the objectives that can be guided; of those that only drop labels.
    static OptionTable options(const std::string& initial_kind);
    static OptionTable dropping_options();
    static Guidance make(const Settings& settings);

  private:
    struct Row {
        double own, conditional, null;  ///< factors of v, v_θ(· | y) and v_θ(· | ∅)
        float omega;                    ///< at which v_θ(· | y) is asked
    };
    Row factors(const Draws& draws, std::int64_t i) const;
    struct Wanted;  ///< rows of v_θ that are to be computed
    Wanted wanted(const Context& context, const Tensor& z, const Draws& draws, bool direction) const;
    bool guides(const Draws& draws) const { return kind_ != Kind::none && !draws.labels.empty(); }
    Tensor guided(const Context& context, const Tensor& v, const Tensor& theta, const Draws& draws,
                  const Wanted& want, bool drop) const;
    static Condition condition(const Context& context, const Draws& draws);

    Kind kind_ = Kind::none;
    double omega_ = 1, omega_max_ = 8, beta_ = 1, kappa_ = 0;
    double t_start_ = 0, t_end_ = 1;
    bool interval_ = true, first_rows_ = true, saving_ = true;
    double dropout_ = 0;
};

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "objectives/parts/guidance.hpp"

#include <algorithm>
#include <limits>

#include "objectives/parts/guidance_draws.hpp"

namespace mf {
namespace {

const std::int32_t* labels_of(const Tensor& labels) { return static_cast<const std::int32_t*>(labels.raw()); }

/// Rows of several sources put together for one pass; in the host's memory.
struct Gathered {
    Tensor source, t, omega, labels;  ///< `source`: which row of z
    std::int64_t used = 0;

    Gathered(const Context& context, std::int64_t rows)
        : source(context.make_host({rows}, DType::i32)),
          t(context.make_host({rows, 1})),
          omega(context.make_host({rows, 1})),
          labels(context.make_host({rows}, DType::i32)) {}

    std::int32_t add(std::int64_t row, float time, float strength, std::int32_t label) {
        static_cast<std::int32_t*>(source.raw())[used] = static_cast<std::int32_t>(row);
        t.f32()[used] = time;
        omega.f32()[used] = strength;
        static_cast<std::int32_t*>(labels.raw())[used] = label;
        return static_cast<std::int32_t>(used++);
    }
};

bool is_dropped(const Draws& d, std::int64_t i) {
    return !d.dropped.empty() && static_cast<const std::uint8_t*>(d.dropped.raw())[i] != 0;
}

/// v_θ of the gathered rows of z, (rows, D): the v head, or u over an interval of no length; nothing is recorded.
Tensor velocity(const Context& context, const VelocityModel& model, const Tensor& z, const Gathered& rows,
                bool head) {
    const std::int64_t n = rows.used, all = rows.t.rows();
    if (n == 0) return {};
    const Condition condition{.labels = rows.labels.reshaped({all, 1}).row_range(0, n).reshaped({n}),
                              .omega = rows.omega.row_range(0, n),
                              .t_min = {},
                              .t_max = {}};
    Tensor states = context.make({n, z.cols()});
    context.device.gather_rows(states, z, static_cast<const std::int32_t*>(rows.source.raw()));
    const Tensor t = context.on_device(rows.t.row_range(0, n));
    UV f = model.forward(context.untaped(), states, t, t, condition, {.u = !head, .v = head});
    return head ? std::move(f.v.value) : std::move(f.u.value);
}

}  // namespace

void Guidance::draw(const Context& context, Draws& d, const Random& random, const BatchPlace& place) const {
    if (d.labels.empty() || (kind_ == Kind::none && dropout_ == 0)) return;
    const std::int64_t rows = d.labels.count();
    Tensor units = context.make_host({4, std::max(rows, place.batch)});
    const auto unit = [&](std::int64_t which) { return units.f32() + which * units.cols(); };
    // Of the whole batch, because the number of dropped labels is a property of it.
    random.uniforms(unit(0), unit(1), unit(2), unit(3), place.first, place.batch);
    d.dropped = context.make_host({rows}, DType::u8);
    auto* dropped = static_cast<std::uint8_t*>(d.dropped.raw());
    const std::int64_t count = dropped_labels({unit(3), static_cast<std::size_t>(place.batch)}, dropout_);
    for (std::int64_t i = 0; i < rows; ++i) {
        // Rows of the batch in the order of the official code: those with r = t first.
        const std::int64_t rank = i < d.equal
                                      ? place.equal_before + i
                                      : place.equal_all + place.row - place.equal_before + i - d.equal;
        dropped[i] = first_rows_ ? rank < count : static_cast<double>(unit(3)[place.row + i]) < dropout_;
    }
    if (kind_ != Kind::flexible && kind_ != Kind::fixed) return;
    d.omega = context.make_host({rows, 1});
    d.t_min = context.make_host({rows, 1});
    d.t_max = context.make_host({rows, 1});
    for (std::int64_t i = 0; i < rows; ++i) {
        const std::int64_t at = place.row + i;
        const GuidanceInterval interval =
            guidance_interval(unit(0)[at], unit(1)[at], i < d.equal || !interval_);
        d.t_min.f32()[i] = static_cast<float>(interval.t_min);
        d.t_max.f32()[i] = static_cast<float>(interval.t_max);
        d.omega.f32()[i] = static_cast<float>(
            kind_ == Kind::fixed ? omega_ : guidance_strength(unit(2)[at], beta_, omega_max_ - 1));
    }
}

Guidance::Row Guidance::factors(const Draws& d, std::int64_t i) const {
    const float t = d.time(i);
    if (kind_ == Kind::mix) {
        const bool inside = t >= t_start_ && t <= t_end_;
        return inside ? Row{omega_, kappa_, 1 - omega_ - kappa_, 1.0F} : Row{1, 0, 0, 1.0F};
    }
    const bool inside = t >= d.t_min.f32()[i] && t <= d.t_max.f32()[i];
    const float omega = inside ? d.omega.f32()[i] : 1.0F;
    const double share = 1.0 - 1.0 / static_cast<double>(omega);
    return {1, share, -share, omega};
}

struct Guidance::Wanted {
    Gathered rows;
    Tensor places;  ///< (2, rows) i32: where a row's v_θ(· | y) and v_θ(· | ∅) stand; -1: not wanted
    std::int32_t* conditional;
    std::int32_t* null;

    Wanted(const Context& context, std::int64_t count)
        : rows(context, 2 * count), places(context.make_host({2, count}, DType::i32)) {
        conditional = static_cast<std::int32_t*>(places.raw());
        null = conditional + count;
        std::fill_n(conditional, 2 * count, -1);
    }
};

/// Conditional rows first, then those of the null class.
Guidance::Wanted Guidance::wanted(const Context& context, const Tensor& z, const Draws& d,
                                  bool direction) const {
    const std::int64_t rows = z.rows();
    const bool guided = guides(d);
    Wanted out(context, rows);
    for (std::int64_t i = 0; i < rows; ++i) {
        const Row f = guided ? factors(d, i) : Row{1, 0, 0, 1.0F};
        const bool moves = direction && i >= d.equal;
        if ((!is_dropped(d, i) && f.conditional != 0) || moves || (guided && !saving_))
            out.conditional[i] =
                out.rows.add(i, d.time(i), f.omega, d.labels.empty() ? d.null_label : labels_of(d.labels)[i]);
    }
    for (std::int64_t i = 0; i < rows && guided; ++i)
        if (!saving_ || (!is_dropped(d, i) && factors(d, i).null != 0))
            out.null[i] = out.rows.add(i, d.time(i), 1.0F, d.null_label);
    return out;
}

/// v_g of every row; where `drop`, rows whose label is dropped keep v.
Tensor Guidance::guided(const Context& context, const Tensor& v, const Tensor& theta, const Draws& d,
                        const Wanted& want, bool drop) const {
    const std::int64_t rows = v.rows();
    constexpr auto row_bytes = static_cast<std::int64_t>(sizeof(GuidedRow));
    Tensor memory = context.make_host({rows, row_bytes}, DType::u8);
    auto* const how = static_cast<GuidedRow*>(memory.raw());
    for (std::int64_t i = 0; i < rows; ++i) {
        const Row f = factors(d, i);
        const bool kept = drop && is_dropped(d, i);
        how[i] = {kept ? std::numeric_limits<double>::quiet_NaN() : f.own, f.conditional, f.null,
                  want.conditional[i], want.null[i]};
    }
    Tensor out = context.make({rows, v.cols()});
    context.device.guide(out, v, theta, how);
    return out;
}

Guided Guidance::apply(const Context& context, const VelocityModel& model, const Tensor& z, const Tensor& v,
                       const Draws& d, bool head, bool direction, LossTotals& totals) const {
    const std::int64_t rows = z.rows(), cols = z.cols();
    Guided out{v, {}, condition(context, d)};
    if (!guides(d) && !direction) return out;
    const Wanted want = wanted(context, z, d, direction);
    const Tensor theta = velocity(context, model, z, want.rows, head);
    totals.guidance_rows += want.rows.used;
    if (direction) {
        out.direction = context.make({rows - d.equal, cols});
        context.device.gather_rows(out.direction, theta, want.conditional + d.equal);
    }
    if (!guides(d)) return out;
    out.target = guided(context, v, theta, d, want, true);
    if (d.trace != nullptr && !saving_) {
        d.trace->conditional = theta.row_range(0, rows);
        d.trace->null = theta.row_range(rows, 2 * rows);
        d.trace->before_drop = guided(context, v, theta, d, want, false);
    }
    return out;
}

Condition Guidance::condition(const Context& context, const Draws& d) {
    Condition out{.labels = d.labels, .omega = d.omega, .t_min = d.t_min, .t_max = d.t_max};
    if (d.dropped.empty()) return out;
    const std::int64_t rows = d.labels.count();
    out.labels = context.make_host({rows}, DType::i32);
    for (std::int64_t i = 0; i < rows; ++i)
        static_cast<std::int32_t*>(out.labels.raw())[i] =
            is_dropped(d, i) ? d.null_label : labels_of(d.labels)[i];
    return out;
}

OptionTable Guidance::dropping_options() {
    return {
        {"objective.class_dropout", OptionKind::real, "0.1", "share of rows that train the null class", 0, 1},
        {"objective.drop",
         OptionKind::text,
         "first",
         "whose label is dropped: the first rows, which have r = t (official code), or random ones",
         0,
         0,
         {"first", "random"}}};
}

OptionTable Guidance::options(const std::string& initial_kind) {
    OptionTable out = {
        {"objective.guidance",
         OptionKind::text,
         initial_kind,
         "for data with labels; flexible: strength and interval are inputs; fixed: one strength; mix: "
         "MeanFlow's",
         0,
         0,
         {"none", "flexible", "fixed", "mix"}},
        {"objective.omega_max", OptionKind::real, "8", "flexible: largest strength", 1, 1000},
        {"objective.beta", OptionKind::real, "1", "flexible: density of strengths falls as omega^-beta", 0,
         100},
        {"objective.omega", OptionKind::real, "1", "fixed, mix: strength", 0, 1000},
        {"objective.kappa", OptionKind::real, "0", "mix: share of the network's own conditional velocity", 0,
         1},
        {"objective.t_start", OptionKind::real, "0", "mix: guidance from this time on", 0, 1},
        {"objective.t_end", OptionKind::real, "1", "mix: guidance up to this time", 0, 1},
        {"objective.interval", OptionKind::flag, "true", "flexible, fixed: random intervals as inputs"},
        {"objective.saving", OptionKind::flag, "true",
         "false: computes for every row what the sum does not need (to show that nothing changes)"},
    };
    for (Option& option : dropping_options()) out.push_back(std::move(option));
    return out;
}

Guidance Guidance::make(const Settings& settings) {
    Guidance out;
    out.dropout_ = settings.real("objective.class_dropout");
    out.first_rows_ = settings.text("objective.drop") == "first";
    if (!settings.has("objective.guidance")) return out;
    const std::string& kind = settings.text("objective.guidance");
    out.kind_ = kind == "flexible" ? Kind::flexible
                : kind == "fixed"  ? Kind::fixed
                : kind == "mix"    ? Kind::mix
                                   : Kind::none;
    out.omega_ = settings.real("objective.omega");
    if (out.kind_ == Kind::fixed && out.omega_ < 1)
        throw UsageError(
            fmt::format("objective.omega={} must be at least 1 with objective.guidance=fixed", out.omega_),
            "1 is no guidance; objective.guidance=none with --labels none at sampling draws without a class");
    out.omega_max_ = settings.real("objective.omega_max");
    out.beta_ = settings.real("objective.beta");
    out.kappa_ = settings.real("objective.kappa");
    out.t_start_ = settings.real("objective.t_start");
    out.t_end_ = settings.real("objective.t_end");
    out.interval_ = settings.flag("objective.interval");
    out.saving_ = settings.flag("objective.saving");
    return out;
}

}  // namespace mf

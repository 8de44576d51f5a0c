// SPDX-License-Identifier: MIT
#include "verify/label_losses.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "objectives/objective.hpp"
#include "objectives/parts/guidance_draws.hpp"
#include "objectives/parts/times.hpp"
#include "sample/sampler.hpp"
#include "train/config.hpp"

namespace mf::verify {
namespace {

/// Everything that a loss file's base draws lead to.
class LossFile {
  public:
    LossFile(const Reference& reference, Comparison& comparison, std::int64_t classes, const Place& place)
        : reference_(reference), comparison_(comparison), place_(place) {
        for (const auto& [name, tensor] : reference.tensors())
            if (name.starts_with("draw.")) comparison.input(name);
        comparison.inputs({"images", "labels"});
        rows_ = reference.at("labels").count();
        draws_.x = as_rows(reference.at("images"), rows_);
        draws_.e = as_rows(reference.at("draw.e"), rows_);
        draws_.batch = rows_;
        draws_.labels = reference.at("labels");
        draws_.null_label = static_cast<std::int32_t>(classes);
        draw_times();
        draw_dropping();
    }

    void draw_guidance() {
        draws_.omega = column();
        draws_.t_min = column();
        draws_.t_max = column();
        const double s_max = reference_.setting("s_max", 7);
        const std::vector<double> u_min = reference_.reals("draw.u_min"),
                                  u_max = reference_.reals("draw.u_max"),
                                  u_omega = reference_.reals("draw.u_omega");
        for (std::int64_t i = 0; i < rows_; ++i) {
            const auto at = static_cast<std::size_t>(i);
            const GuidanceInterval interval = guidance_interval(u_min[at], u_max[at], i < equal_);
            draws_.t_min.f32()[i] = static_cast<float>(interval.t_min);
            draws_.t_max.f32()[i] = static_cast<float>(interval.t_max);
            draws_.omega.f32()[i] =
                static_cast<float>(guidance_strength(u_omega[at], reference_.setting("cfg_beta"), s_max));
        }
        compare("t_min", draws_.t_min);
        compare("t_max", draws_.t_max);
        compare("omega", draws_.omega);
    }

    /// The loss under these keys; `saving`: as training runs it, otherwise everything is computed and kept.
    template <class EachGradient>
    LossSums run(const VelocityModel& net, std::vector<ConfigItem> items, bool saving, LossTrace* trace,
                 EachGradient each) {
        items.push_back({"objective.saving", saving ? "true" : "false", ""});
        items.push_back({"loss.weight", "adaptive", ""});
        items.push_back({"loss.p", fmt::format("{}", reference_.setting("norm_p")), ""});
        items.push_back({"loss.c", fmt::format("{}", reference_.setting("norm_eps")), ""});
        const Settings settings = resolve(items);
        const auto objective = objective_catalogue().at(settings.text("objective.name")).make(settings);
        Gradients gradients(net.params());
        Tape tape(&gradients, place_.device);
        const Context context{place_.device, pool_, &tape, comparison_.precision()};
        Draws draws = place_.draws(context, draws_);
        draws.equal = saving ? equal_ : 0;  // all rows move: r = t makes no difference to the loss
        draws.trace = trace;
        LossTotals totals(pool_);
        const Dual loss = objective->loss(context, net, draws, totals);
        const LossSums sums = totals.read(place_.device);
        comparison_.value("loss", sums.loss, kTolerance);
        tape.backward(loss.slot, pool_);
        for (const Param& param : net.params().all()) each(param, place_.gradient(gradients, param).data());
        return sums;
    }

    void compare(const std::string& name, const Tensor& got) {
        if (reference_.has(name)) comparison_.values(name, place_.on_host(got).floats(), kTolerance);
    }
    /// Sums over a row of (a - b)^2.
    void compare_squares(const std::string& name, const Tensor& there_a, const Tensor& there_b) {
        const Tensor a = place_.on_host(there_a), b = place_.on_host(there_b);
        std::vector<double> sq(static_cast<std::size_t>(rows_));
        const std::int64_t cols = a.cols();
        for (std::int64_t i = 0; i < a.count(); ++i)
            sq[static_cast<std::size_t>(i / cols)] +=
                std::pow(static_cast<double>(a.f32()[i]) - b.f32()[i], 2);
        if (reference_.has(name)) comparison_.values(name, std::span<const double>(sq), kTolerance);
    }
    void compare_trace(const LossTrace& trace) {
        compare("z", trace.z);
        compare("v_t", trace.own);
        compare("v_g", trace.target);
        if (!trace.before_drop.empty()) compare("v_g_before_drop", trace.before_drop);
        compare("u", trace.u);
        compare("du_dt", trace.du_dt);
        compare("V", trace.V);
    }
    const Draws& draws() const { return draws_; }
    std::int64_t equal() const { return equal_; }
    Pool& pool() { return pool_; }

  private:
    Tensor column() const { return Tensor({rows_, 1}, DType::f32); }

    void draw_times() {
        const TimeSampler times{.kind = TimeSampler::Kind::logit_normal,
                                .mean = reference_.setting("P_mean"),
                                .std = reference_.setting("P_std")};
        equal_ =
            static_cast<std::int64_t>(static_cast<double>(rows_) * reference_.setting("data_proportion"));
        draws_.t = column();
        draws_.r = column();
        const Tensor &n_t = reference_.at("draw.n_t"), &n_r = reference_.at("draw.n_r");
        std::vector<std::int64_t> mask;
        for (std::int64_t i = 0; i < rows_; ++i) {
            const float a = times.time(n_t.f32()[i]), b = times.time(n_r.f32()[i]);
            draws_.t.f32()[i] = std::max(a, b);
            draws_.r.f32()[i] = i < equal_ ? std::max(a, b) : std::min(a, b);
            mask.push_back(i < equal_ ? 1 : 0);
        }
        compare("t", draws_.t);
        compare("r", draws_.r);
        if (reference_.has("fm_mask")) comparison_.equal("fm_mask", mask);
    }

    void draw_dropping() {
        const std::int64_t count =
            dropped_labels(reference_.at("draw.u_drop").floats(), reference_.setting("class_dropout_prob"));
        draws_.dropped = Tensor({rows_}, DType::u8);
        std::vector<std::int64_t> used = reference_.integers("labels");
        for (std::int64_t i = 0; i < rows_; ++i) {
            static_cast<std::uint8_t*>(draws_.dropped.raw())[i] = i < count;
            if (i < count) used[static_cast<std::size_t>(i)] = draws_.null_label;
        }
        comparison_.equal("labels_used", used);
    }

    const Reference& reference_;
    Comparison& comparison_;
    const Place& place_;
    Pool pool_{place_.device};
    Draws draws_;
    std::int64_t rows_ = 0, equal_ = 0;
};

}  // namespace

Tensor as_rows(const Tensor& x, std::int64_t rows) { return x.reshaped({rows, x.count() / rows}); }

void compare_improved_loss(const Reference& reference, Comparison& comparison, const VelocityModel& net,
                           std::int64_t classes, const Place& place) {
    LossFile file(reference, comparison, classes, place);
    file.draw_guidance();
    const std::vector<ConfigItem> items = {{"objective.name", "imf", ""},
                                           {"objective.tangent", "head", ""},
                                           {"objective.guidance", "flexible", ""}};
    const auto gradient = [&](const Param& param, const float* g) {
        comparison.values("grad." + param.name,
                          std::span<const float>(g, static_cast<std::size_t>(param.shape.count())),
                          kGradientTolerance);
    };
    LossTrace trace;
    const LossSums sums = file.run(net, items, false, &trace, gradient);
    file.compare_trace(trace);
    file.compare("v", trace.v);
    file.compare("v_c", trace.conditional);
    file.compare("v_u", trace.null);
    file.compare_squares("sq_u", trace.V, trace.target);
    file.compare_squares("sq_v", trace.v, trace.target);
    const auto count = static_cast<double>(trace.V.count());
    comparison.value("loss_u", sums.square_u / count, kTolerance);
    comparison.value("loss_v", sums.square_v / count, kTolerance);
    {  // v at the strength that was drawn, whatever the interval
        const Condition first{
            .labels = file.draws().labels, .omega = file.draws().omega, .t_min = {}, .t_max = {}};
        const Context context{place.device, file.pool(), nullptr, comparison.precision()};
        const Tensor t = context.on_device(file.draws().t);
        file.compare("v_c_first",
                     net.forward(context, trace.z, t, t, first, {.u = false, .v = true}).v.value);
    }
    file.run(net, items, true, nullptr, gradient);
}

void compare_meanflow_loss(const Reference& reference, Comparison& comparison, const VelocityModel& net,
                           std::int64_t classes, const Place& place,
                           ForeignGradient (*foreign)(const Param&, const float* gradient)) {
    LossFile file(reference, comparison, classes, place);
    const std::string equation = reference.word("guidance_eq", "");
    const bool guided = equation == "cfg";
    check(guided || equation.empty() || equation == "none",
          "{}: guidance_eq {} is not known, expected cfg or none", reference.name(), equation);
    const auto number = [&](const char* key) { return fmt::format("{}", reference.setting(key)); };
    const std::vector<ConfigItem> items = {{"objective.name", "mf", ""},
                                           {"objective.guidance", guided ? "mix" : "none", ""},
                                           {"objective.omega", number("omega"), ""},
                                           {"objective.kappa", number("kappa"), ""},
                                           {"objective.t_start", number("t_start"), ""},
                                           {"objective.t_end", number("t_end"), ""}};
    const auto gradient = [&](const Param& param, const float* g) {
        const ForeignGradient there = foreign(param, g);
        comparison.values("grad." + there.name, std::span<const double>(there.values), kGradientTolerance);
    };
    LossTrace trace;
    file.run(net, items, false, &trace, gradient);
    file.compare_trace(trace);
    if (trace.before_drop.empty()) file.compare("v_g_before_drop", trace.own);
    const Tensor aim = place.on_host(trace.target), du_dt = place.on_host(trace.du_dt);
    Tensor target(trace.u.shape(), DType::f32);
    const std::int64_t cols = target.cols();
    for (std::int64_t i = 0; i < target.count(); ++i) {
        const float length = file.draws().t.f32()[i / cols] - file.draws().r.f32()[i / cols];
        target.f32()[i] = aim.f32()[i] - length * du_dt.f32()[i];
    }
    file.compare("u_tgt", target);
    file.compare_squares("sq", trace.V, trace.target);
    file.compare_squares("v_loss", trace.u, trace.own);
    file.run(net, items, true, nullptr, gradient);
}

void compare_label_samples(const Reference& reference, Comparison& comparison, const VelocityModel& net,
                           const Condition& condition, const Place& place) {
    const Tensor& noise = reference.at("noise");
    const std::int64_t rows = reference.at("labels").count(), cols = noise.count() / rows;
    for (const double steps : reference.settings("steps")) {
        std::vector<float> z(noise.floats().begin(), noise.floats().end());
        const SamplePlan plan{.times = uniform_times(static_cast<std::int64_t>(steps)),
                              .precision = comparison.precision()};
        sample(place.device, net, plan, condition, z, cols,
               [&](std::int64_t i, const std::vector<float>& state) {
                   const std::string name = fmt::format("z.{}.{}", static_cast<std::int64_t>(steps), i);
                   if (i > 0) comparison.values(name, std::span<const float>(state), kTolerance);
               });
    }
}

}  // namespace mf::verify

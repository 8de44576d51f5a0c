// SPDX-License-Identifier: MIT
#include "diagnose/diagnostics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "diagnose/diagnostic_draws.hpp"
#include "diagnose/fixed_state.hpp"
#include "objectives/objective.hpp"

namespace mf {
namespace {

constexpr std::size_t kBins = 5;
constexpr double kFewest = 8;  // rows of a bin that is worth a number

/// Sums over rows; squares are means over the dimensions.
struct Sums {
    double v = 0, noise_imf = 0, noise_mf = 0;
    double loss_imf = 0, loss_mf = 0, loss_imf_2 = 0, loss_mf_2 = 0;
    double jvp_velocity = 0, jvp_self = 0, jvp_head = 0;
    double between_velocity_self = 0, between_head_self = 0;
    double u = 0, jvp_own = 0, u_error = 0, jvp_error = 0;  // f32 against bf16
    std::array<double, kBins> rows{}, self_velocity{}, head_velocity{}, self_head{};

    Sums& operator+=(const Sums& o) {
        constexpr std::size_t count = sizeof(Sums) / sizeof(double);
        static_assert(sizeof(Sums) == count * sizeof(double));
        auto* to = reinterpret_cast<double*>(this);
        const auto* from = reinterpret_cast<const double*>(&o);
        for (std::size_t i = 0; i < count; ++i) to[i] += from[i];
        return *this;
    }
};

/// Mean over the dimensions of (a - b)², with b = 0 where it is null.
double square(const float* a, const float* b, std::int64_t dimensions, double factor = 1) {
    double sum = 0;
    for (std::int64_t j = 0; j < dimensions; ++j) {
        const double d = factor * (static_cast<double>(a[j]) - (b == nullptr ? 0.0 : b[j]));
        sum += d * d;
    }
    return sum / static_cast<double>(dimensions);
}

class Measurement {
  public:
    Measurement(VelocityModel& model, const Settings& settings, const Dataset& data,
                const DiagnosticsRequest& request, Team& team)
        : model_(model),
          team_(team),
          request_(request),
          interval_(
              objective_catalogue().at(settings.text("objective.name")).make(settings)->needs_interval()),
          head_(model.has_v_head()),
          by_head_(head_ && settings.has("objective.tangent") &&
                   settings.text("objective.tangent") == "head"),
          draws_(diagnostic_draws(settings, data, request.seed, request.count, interval_, team)) {
        if (!interval_) return;
        estimate_ = Tensor(draws_.z.shape(), DType::f32);
        own_u_ = Tensor(draws_.z.shape(), DType::f32);
        own_jvp_ = Tensor(draws_.z.shape(), DType::f32);
    }

    NamedNumbers run() {
        Sums sums =
            over_tiles(Precision::f32, [&](const Context& context, std::int64_t begin, std::int64_t end,
                                           Sums& to) { measure(context, begin, end, to); });
        FixedState fixed;
        if (interval_) {
            fixed = fixed_state(model_, draws_, estimate_, request_.seed, team_, request_.device);
            pack(Precision::bf16);
            sums +=
                over_tiles(Precision::bf16, [&](const Context& context, std::int64_t begin, std::int64_t end,
                                                Sums& to) { measure_bf16(context, begin, end, to); });
            pack(Precision::f32);
        }
        return numbers(sums, fixed);
    }

  private:
    using Work = std::function<void(const Context&, std::int64_t, std::int64_t, Sums&)>;

    void pack(Precision precision) {
        if (request_.device != nullptr)
            model_.params().repack(*request_.device, precision);
        else
            model_.params().repack(team_, precision);
    }

    /// Tiles go to the threads in turn; their sums are added in the order of the tiles, whoever made them.
    Sums over_tiles(Precision precision, const Work& work) {
        const std::int64_t tile = std::min(draws_.rows, model_.tile_rows());
        const std::int64_t tiles = (draws_.rows + tile - 1) / tile;
        std::vector<Sums> parts(static_cast<std::size_t>(tiles));
        each_of(tiles, precision, team_, request_.device, [&](const Context& context, std::int64_t i) {
            work(context, i * tile, std::min(draws_.rows, (i + 1) * tile),
                 parts[static_cast<std::size_t>(i)]);
        });
        Sums out;
        for (const Sums& part : parts) out += part;
        return out;
    }

    void measure(const Context& context, std::int64_t begin, std::int64_t end, Sums& to) {
        const Tensor z = draws_.z.row_range(begin, end), v = draws_.v.row_range(begin, end),
                     r = draws_.r.row_range(begin, end), t = draws_.t.row_range(begin, end);
        const Condition condition = condition_rows(draws_.condition, begin, end);
        const Tensor time = context.on_device(t);
        const UV still =
            model_.forward(context, context.on_device(z), time, time, condition, {.u = true, .v = head_});
        const Tensor self = context.on_host(still.u.value),
                     head = head_ ? context.on_host(still.v.value) : Tensor();
        const std::int64_t D = draws_.dimensions;
        for (std::int64_t i = 0; i < end - begin; ++i)
            add_errors(begin + i, v.f32() + i * D, self.f32() + i * D, head_ ? head.f32() + i * D : nullptr,
                       to);
        if (!interval_) return;
        const Moving by_velocity = moving_pass(context, model_, z, v, r, t, condition);
        const Moving by_self = moving_pass(context, model_, z, self, r, t, condition);
        const Moving by_head = head_ ? moving_pass(context, model_, z, head, r, t, condition) : Moving{};
        const Moving& by_estimate = by_head_ ? by_head : by_self;
        estimate_.row_range(begin, end).copy_from(by_head_ ? head : self);
        own_u_.row_range(begin, end).copy_from(by_estimate.u);
        own_jvp_.row_range(begin, end).copy_from(by_estimate.du_dt);
        for (std::int64_t i = 0; i < end - begin; ++i) {
            const double h = draws_.length(begin + i);
            const float *dv = by_velocity.du_dt.f32() + i * D, *ds = by_self.du_dt.f32() + i * D;
            to.jvp_velocity += square(dv, nullptr, D, h);
            to.jvp_self += square(ds, nullptr, D, h);
            to.between_velocity_self += square(dv, ds, D, h);
            if (head_) {
                const float* dh = by_head.du_dt.f32() + i * D;
                to.jvp_head += square(dh, nullptr, D, h);
                to.between_head_self += square(dh, ds, D, h);
            }
            add_losses(h, v.f32() + i * D, (by_head_ ? head : self).f32() + i * D,
                       by_velocity.u.f32() + i * D, dv, by_estimate.du_dt.f32() + i * D, to);
        }
    }

    void add_errors(std::int64_t row, const float* v, const float* self, const float* head, Sums& to) const {
        const std::int64_t D = draws_.dimensions;
        const auto bin = static_cast<std::size_t>(
            std::clamp(static_cast<double>(draws_.t.f32()[row]) * kBins, 0.0, kBins - 1.0));
        to.v += square(v, nullptr, D);
        ++to.rows[bin];
        to.self_velocity[bin] += square(self, v, D);
        if (head == nullptr) return;
        to.head_velocity[bin] += square(head, v, D);
        to.self_head[bin] += square(self, head, D);
    }

    /// Δ = u + h du/dt - v for both tangents, and what of it is ε = v - v_θ: the two du/dt differ by J ε, because a
    /// Jacobian-vector product is linear in its tangent.
    void add_losses(double h, const float* v, const float* estimate, const float* u, const float* by_velocity,
                    const float* by_estimate, Sums& to) const {
        const std::int64_t D = draws_.dimensions;
        double mf = 0, imf = 0, noise_mf = 0, noise_imf = 0;
        for (std::int64_t j = 0; j < D; ++j) {
            const double base = static_cast<double>(u[j]) - v[j],
                         epsilon = static_cast<double>(v[j]) - estimate[j];
            const double amplified = epsilon - h * (static_cast<double>(by_velocity[j]) - by_estimate[j]);
            mf += std::pow(base + h * by_velocity[j], 2);
            imf += std::pow(base + h * by_estimate[j], 2);
            noise_imf += epsilon * epsilon;
            noise_mf += amplified * amplified;
        }
        const auto n = static_cast<double>(D);
        to.loss_mf += mf / n, to.loss_imf += imf / n;
        to.loss_mf_2 += mf / n * (mf / n), to.loss_imf_2 += imf / n * (imf / n);
        to.noise_mf += noise_mf / n, to.noise_imf += noise_imf / n;
    }

    void measure_bf16(const Context& context, std::int64_t begin, std::int64_t end, Sums& to) {
        const Moving low =
            moving_pass(context, model_, draws_.z.row_range(begin, end), estimate_.row_range(begin, end),
                        draws_.r.row_range(begin, end), draws_.t.row_range(begin, end),
                        condition_rows(draws_.condition, begin, end));
        const std::int64_t D = draws_.dimensions;
        for (std::int64_t i = begin; i < end; ++i) {
            const double h = draws_.length(i);
            to.u += square(own_u_.f32() + i * D, nullptr, D);
            to.u_error += square(low.u.f32() + (i - begin) * D, own_u_.f32() + i * D, D);
            to.jvp_own += square(own_jvp_.f32() + i * D, nullptr, D, h);
            to.jvp_error += square(low.du_dt.f32() + (i - begin) * D, own_jvp_.f32() + i * D, D, h);
        }
    }

    NamedNumbers numbers(const Sums& s, const FixedState& fixed) const {
        const auto n = static_cast<double>(draws_.rows);
        NamedNumbers out;
        const auto deviation = [n](double sum, double squares) {
            return std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)));
        };
        const auto relative = [](double error, double whole) {
            return whole > 0 ? std::sqrt(error / whole) : 0.0;
        };
        if (interval_) {
            out = {{"noise_mf", s.noise_mf / n},
                   {"noise_imf", s.noise_imf / n},
                   {"noise_ratio", s.noise_imf > 0 ? s.noise_mf / s.noise_imf : 1},
                   {"loss_mf", s.loss_mf / n},
                   {"loss_imf", s.loss_imf / n},
                   {"loss_std_mf", deviation(s.loss_mf, s.loss_mf_2)},
                   {"loss_std_imf", deviation(s.loss_imf, s.loss_imf_2)},
                   {"fixed_z_rows", static_cast<double>(fixed.rows)}};
            if (static_cast<double>(fixed.rows) >= kFewest)
                for (const auto& [name, value] : {std::pair{"fixed_z_mf", fixed.target_mf},
                                                  {"fixed_z_imf", fixed.target_imf},
                                                  {"fixed_z_loss_mf", fixed.loss_mf},
                                                  {"fixed_z_loss_imf", fixed.loss_imf}})
                    out.emplace_back(name, value);
            out.emplace_back("jvp_velocity", s.jvp_velocity / s.v);
            out.emplace_back("jvp_self", s.jvp_self / s.v);
            if (head_) out.emplace_back("jvp_head", s.jvp_head / s.v);
            out.emplace_back("tangent_self", relative(s.between_velocity_self, s.jvp_velocity));
            if (head_) out.emplace_back("tangent_head", relative(s.between_head_self, s.jvp_self));
            out.emplace_back("u_bf16", relative(s.u_error, s.u));
            out.emplace_back("jvp_bf16", relative(s.jvp_error, s.jvp_own));
        }
        add_bins(out, "self_velocity", s.self_velocity, s.rows);
        if (head_) add_bins(out, "head_velocity", s.head_velocity, s.rows);
        if (head_) add_bins(out, "self_head", s.self_head, s.rows);
        return out;
    }

    static void add_bins(NamedNumbers& out, const char* name, const std::array<double, kBins>& sums,
                         const std::array<double, kBins>& rows) {
        for (std::size_t bin = 0; bin < kBins; ++bin)
            if (rows[bin] >= kFewest)
                out.emplace_back(fmt::format("{}@{:.1f}", name, (static_cast<double>(bin) + 0.5) / kBins),
                                 sums[bin] / rows[bin]);
    }

    VelocityModel& model_;
    Team& team_;
    DiagnosticsRequest request_;
    bool interval_, head_, by_head_;
    DiagnosticDraws draws_;
    Tensor estimate_, own_u_, own_jvp_;  // (rows, D) v_θ, and the pass along it, in f32
};

}  // namespace

NamedNumbers diagnose(VelocityModel& model, const Settings& settings, const Dataset& data,
                      const DiagnosticsRequest& request, Team& team) {
    check_usage(request.count >= 2, "[diagnose] at least 2 draws are needed, got {}", request.count);
    return Measurement(model, settings, data, request, team).run();
}

std::string meaning_of_diagnostic(const std::string& name) {
    static const std::vector<std::pair<const char*, const char*>> meanings = {
        {"noise_mf", "noise in the residual with tangent e - x: E|(I - (t-r)J) ε|²"},
        {"noise_imf", "noise in the residual with the network's tangent: E|ε|², ε = (e - x) - v_θ"},
        {"noise_ratio", "what the Jacobian makes of the noise: mf / imf; 1 is none"},
        {"loss_mf", "mean loss of a row with tangent e - x"},
        {"loss_imf", "mean loss of a row with the network's tangent"},
        {"loss_std_mf", "its standard deviation over draws"},
        {"loss_std_imf", "its standard deviation over draws"},
        {"fixed_z_rows", "states that several data samples may have made"},
        {"fixed_z_mf", "variance of the target at fixed (z, t, r), tangent e - x"},
        {"fixed_z_imf", "variance of the target at fixed (z, t, r), the network's tangent"},
        {"fixed_z_loss_mf", "standard deviation of the loss at fixed (z, t, r), tangent e - x"},
        {"fixed_z_loss_imf", "standard deviation of the loss at fixed (z, t, r), the network's tangent"},
        {"jvp_velocity", "|(t-r) du/dt|² against |e - x|², tangent e - x"},
        {"jvp_self", "the same, tangent u(z,t,t)"},
        {"jvp_head", "the same, tangent v head"},
        {"tangent_self", "relative difference of du/dt: tangent e - x against u(z,t,t)"},
        {"tangent_head", "relative difference of du/dt: tangent v head against u(z,t,t)"},
        {"u_bf16", "relative error of u in bf16"},
        {"jvp_bf16", "relative error of (t-r) du/dt in bf16"},
        {"self_velocity@", "|u(z,t,t) - (e - x)|² at this t"},
        {"head_velocity@", "|v head - (e - x)|² at this t"},
        {"self_head@", "|u(z,t,t) - v head|² at this t"},
    };
    for (const auto& [start, meaning] : meanings)
        if (name == start || (std::string_view(start).ends_with('@') && name.starts_with(start)))
            return meaning;
    return "";
}

}  // namespace mf

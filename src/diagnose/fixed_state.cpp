// SPDX-License-Identifier: MIT
#include "diagnose/fixed_state.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/rng.hpp"

namespace mf {
namespace {

constexpr std::int64_t kStates = 96;  // that are looked at, at most
constexpr std::int64_t kAgain = 16;   // draws of (x, e) for each
constexpr double kLeastSpread = 2;    // samples that share a posterior, effectively
constexpr double kLeastNoise = 1e-3;  // below it a state is its sample

/// What one state adds.
struct Spread {
    bool counts = false;
    double target_mf = 0, target_imf = 0, loss_mf = 0, loss_imf = 0;
};

double variance(const std::vector<double>& values) {
    double mean = 0, sum = 0;
    for (const double value : values) mean += value;
    mean /= static_cast<double>(values.size());
    for (const double value : values) sum += (value - mean) * (value - mean);
    return sum / static_cast<double>(values.size() - 1);
}

class States {
  public:
    States(const VelocityModel& model, const DiagnosticDraws& draws, const Tensor& estimate,
           std::uint64_t seed)
        : model_(model), draws_(draws), estimate_(estimate), seed_(seed) {}

    Spread at(const Context& context, std::int64_t row) const {
        const std::vector<double> weights = posterior(row);
        double squares = 0;
        for (const double weight : weights) squares += weight * weight;
        if (weights.empty() || 1 / squares < kLeastSpread) return {};
        return spread(context, row, velocities(context, row, weights));
    }

  private:
    /// Probabilities of the candidates, or none where the state is its sample.
    std::vector<double> posterior(std::int64_t row) const {
        const double s = draws_.noise_level(row);
        if (s < kLeastNoise) return {};
        const std::int64_t D = draws_.dimensions;
        const auto* labels = static_cast<const std::int32_t*>(draws_.condition.labels.raw());
        const float* z = draws_.z.f32() + row * D;
        std::vector<double> out(static_cast<std::size_t>(draws_.rows));
        double least = std::numeric_limits<double>::infinity(), sum = 0;
        for (std::int64_t k = 0; k < draws_.rows; ++k) {
            const float* x = draws_.x.f32() + k * D;
            double distance = 0;
            for (std::int64_t j = 0; j < D; ++j) distance += std::pow(z[j] - (1 - s) * x[j], 2);
            const bool possible = labels == nullptr || labels[k] == labels[row];
            out[static_cast<std::size_t>(k)] =
                possible ? distance / (2 * s * s) : std::numeric_limits<double>::infinity();
            least = std::min(least, out[static_cast<std::size_t>(k)]);
        }
        for (double& value : out) {
            value = std::exp(least - value);
            sum += value;
        }
        for (double& value : out) value /= sum;
        return out;
    }

    /// kAgain conditional velocities of the state, and v_θ as a last row.
    Tensor velocities(const Context& context, std::int64_t row, const std::vector<double>& weights) const {
        const std::int64_t D = draws_.dimensions;
        const double s = draws_.noise_level(row), sign = draws_.reverse ? 1 : -1;
        Tensor out = context.make_host({kAgain + 1, D});
        for (std::int64_t m = 0; m < kAgain; ++m) {
            double unit = to_unit(philox(seed_, Stream::test, static_cast<std::uint64_t>(row),
                                         static_cast<std::uint32_t>(m))[0]);
            std::size_t k = 0;
            while (k + 1 < weights.size() && unit >= weights[k]) unit -= weights[k++];
            const float *z = draws_.z.f32() + row * D, *x = draws_.x.f32() + static_cast<std::int64_t>(k) * D;
            for (std::int64_t j = 0; j < D; ++j)
                out.f32()[m * D + j] = static_cast<float>(sign * (static_cast<double>(z[j]) - x[j]) / s);
        }
        std::copy_n(estimate_.f32() + row * D, D, out.f32() + kAgain * D);
        return out;
    }

    Spread spread(const Context& context, std::int64_t row, const Tensor& v) const {
        const std::int64_t D = draws_.dimensions, rows = kAgain + 1;
        Tensor z = context.make_host({rows, D}), r = context.make_host({rows, 1}),
               t = context.make_host({rows, 1});
        for (std::int64_t m = 0; m < rows; ++m) std::copy_n(draws_.z.f32() + row * D, D, z.f32() + m * D);
        r.fill(draws_.r.f32()[row]);
        t.fill(draws_.t.f32()[row]);
        const Moving f =
            moving_pass(context, model_, z, v, r, t, repeated_condition(draws_.condition, row, rows));
        const double h = draws_.length(row), n = static_cast<double>(D);
        const float* by_estimate = f.du_dt.f32() + kAgain * D;
        std::vector<double> loss_mf(kAgain), loss_imf(kAgain), mf(kAgain), imf(kAgain);
        Spread out{.counts = true};
        for (std::int64_t j = 0; j < D; ++j) {
            for (std::int64_t m = 0; m < kAgain; ++m) {
                const auto k = static_cast<std::size_t>(m);
                const double correction = h * f.du_dt.f32()[m * D + j], u = f.u.f32()[m * D + j];
                imf[k] = v.f32()[m * D + j];
                mf[k] = imf[k] - correction;
                loss_mf[k] += std::pow(u - mf[k], 2) / n;
                loss_imf[k] += std::pow(u + h * by_estimate[j] - imf[k], 2) / n;
            }
            out.target_mf += variance(mf) / n;
            out.target_imf += variance(imf) / n;
        }
        out.loss_mf = variance(loss_mf);
        out.loss_imf = variance(loss_imf);
        return out;
    }

    const VelocityModel& model_;
    const DiagnosticDraws& draws_;
    const Tensor& estimate_;
    std::uint64_t seed_;
};

}  // namespace

FixedState fixed_state(const VelocityModel& model, const DiagnosticDraws& draws, const Tensor& estimate,
                       std::uint64_t seed, Team& team, Device* device) {
    const States states(model, draws, estimate, seed);
    const std::int64_t count = std::min(draws.rows, kStates);
    std::vector<Spread> spreads(static_cast<std::size_t>(count));
    each_of(count, Precision::f32, team, device, [&](const Context& context, std::int64_t row) {
        spreads[static_cast<std::size_t>(row)] = states.at(context, row);
    });
    FixedState out;
    for (const Spread& one : spreads) {
        if (!one.counts) continue;
        ++out.rows;
        out.target_mf += one.target_mf, out.target_imf += one.target_imf;
        out.loss_mf += one.loss_mf, out.loss_imf += one.loss_imf;
    }
    if (out.rows == 0) return out;
    const auto n = static_cast<double>(out.rows);
    out.target_mf /= n, out.target_imf /= n;
    out.loss_mf = std::sqrt(out.loss_mf / n), out.loss_imf = std::sqrt(out.loss_imf / n);
    return out;
}

}  // namespace mf

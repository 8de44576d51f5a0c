// SPDX-License-Identifier: MIT
#include "verify/battery/number_checks.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/rng.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace mf::verify {
namespace {

constexpr double kStep = 3e-5;  ///< of central differences in double

/// Of errors, as a share of what is allowed; an error that is no number is beyond all.
void note(double* worst, double error, double allowed) {
    if (worst == nullptr) return;
    const double share = error == 0 ? 0 : error / allowed;
    if (!(share <= *worst)) *worst = share;
}

}  // namespace

double root_mean_square(std::span<const double> x) {
    double sum = 0;
    for (double number : x) sum += number * number;
    return x.empty() ? 0 : std::sqrt(sum / static_cast<double>(x.size()));
}

std::string compare(const std::string& what, std::span<const float> got, std::span<const double> want,
                    double tolerance, double* worst_share) {
    if (got.size() != want.size())
        return fmt::format("{}: {} numbers instead of {}\n", what, got.size(), want.size());
    const double scale = root_mean_square(want);
    double worst = 0;
    std::size_t where = 0;
    for (std::size_t i = 0; i < got.size(); ++i)
        if (const double error = std::abs(got[i] - want[i]); !(error <= worst)) worst = error, where = i;
    note(worst_share, worst, tolerance * scale);
    if (worst <= tolerance * scale) return "";
    return fmt::format("{}: {} instead of {} at {}: error {:.2e} of scale {:.2e}, allowed {:.1e}\n", what,
                       got[where], want[where], where, worst / scale, scale, tolerance);
}

std::vector<double> to_doubles(const std::vector<float>& x) { return {x.begin(), x.end()}; }

namespace {

Numbers numbers_of(const CaseRunner& runner) {
    Numbers out;
    for (const Tensor& data : runner.operands.data()) out.push_back(to_doubles(to_floats(data)));
    for (const Param* param : runner.operands.params())
        out.push_back(to_doubles(fetched(runner.device(), param->value)));
    return out;
}

/// The derivative of the reference at x along d, with what it holds constant taken at x.
std::vector<double> reference_along(const OpCase& c, const Numbers& x, const Numbers& d) {
    Numbers ahead = x, behind = x;
    for (std::size_t i = 0; i < x.size(); ++i)
        for (std::size_t k = 0; k < x[i].size(); ++k)
            ahead[i][k] += kStep * d[i][k], behind[i][k] -= kStep * d[i][k];
    std::vector<double> out = c.reference(ahead, x);
    const std::vector<double> other = c.reference(behind, x);
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = (out[k] - other[k]) / (2 * kStep);
    return out;
}

/// Gradient of one operand against differences of <ȳ, reference> along single numbers and random directions.
std::string check_operand_gradient(const OpCase& c, const Numbers& x, const std::vector<double>& seed,
                                   std::size_t operand, std::span<const float> g, const std::string& name,
                                   double* worst) {
    if (g.size() != x[operand].size()) return fmt::format("adjoint of {}: {} numbers\n", name, g.size());
    const auto derivative = [&](const Numbers& d) {
        const std::vector<double> y = reference_along(c, x, d);
        double sum = 0;
        for (std::size_t k = 0; k < y.size(); ++k) sum += y[k] * seed[k];
        return sum;
    };
    Numbers d = x;
    for (auto& part : d) std::ranges::fill(part, 0.0);
    const double scale = root_mean_square(std::vector<double>(g.begin(), g.end()));
    std::string out;
    const auto single = [&](std::size_t k) {
        d[operand][k] = 1;
        const double want = derivative(d);
        d[operand][k] = 0;
        const double error = std::abs(g[k] - want), allowed = c.tolerance * std::max(scale, std::abs(want));
        note(worst, error, allowed);
        if (out.empty() && !(error <= allowed))
            out = fmt::format("adjoint of {} at {}: {} instead of {}, scale {:.2e}\n", name, k, g[k], want,
                              scale);
    };
    const double cost =
        static_cast<double>(g.size()) * std::max(c.work.value, static_cast<double>(seed.size()));
    const bool small = cost < 2e7;
    for (std::size_t k = 0; k < (small ? g.size() : 6); ++k)
        single(small ? k : philox(5, Stream::test, k)[0] % g.size());
    for (std::uint64_t trial = 0; trial < 5; ++trial) {
        const std::vector<float> normal = to_floats(
            CaseOperands::draw({static_cast<std::int64_t>(g.size())}, DType::f32, 1.0, false, 7, trial));
        double got = 0, squares = 0;
        for (std::size_t k = 0; k < g.size(); ++k) {
            d[operand][k] = normal[k];
            got += static_cast<double>(g[k]) * normal[k];
            squares += std::pow(static_cast<double>(g[k]) * normal[k], 2);
        }
        const double want = derivative(d), along = std::max(std::sqrt(squares), std::abs(want));
        note(worst, std::abs(got - want), c.tolerance * along);
        if (out.empty() && !(std::abs(got - want) <= c.tolerance * along))
            out = fmt::format("adjoint of {} along direction {}: {} instead of {}\n", name, trial, got, want);
    }
    return out;
}

}  // namespace

std::string check_value(const OpCase& c, Device& device, double* worst) {
    CaseRunner runner(c, device);
    const Numbers x = numbers_of(runner);
    return compare("value", runner.run({}).value, c.reference(x, x), c.tolerance, worst);
}

std::vector<std::vector<std::int64_t>> coverages(const OpCase& c, std::int64_t rows) {
    std::vector<std::vector<std::int64_t>> out;
    for (const std::int64_t n : {std::int64_t{0}, std::int64_t{1}, rows / 2, rows})
        out.push_back(all_moving(c, n));
    const std::size_t count = c.data.size();
    for (std::size_t i = 0; i < count && count > 1; ++i) {
        out.push_back(all_moving(c, -1));
        out.back()[i] = rows;
    }
    for (const bool falling : {false, true}) {
        if (count < 2) break;
        out.push_back(all_moving(c, -1));
        for (std::size_t i = 0; i < count; ++i) {
            const auto place = static_cast<std::int64_t>(falling ? count - 1 - i : i);
            out.back()[i] = rows * (place + 1) / static_cast<std::int64_t>(count);
        }
    }
    return out;
}

std::string check_tangent(const OpCase& c, Device& device, double* worst) {
    if (c.reduces) return "";
    CaseRunner runner(c, device);
    const Numbers x = numbers_of(runner);
    std::string out;
    for (const auto& moving : coverages(c, runner.rows())) {
        const Outcome got = runner.run({.moving = moving});
        std::int64_t longest = 0;
        Numbers d = x;
        for (std::size_t i = 0; i < d.size(); ++i) {
            std::ranges::fill(d[i], 0.0);
            if (i >= moving.size() || !c.data[i].differentiated || moving[i] < 0) continue;
            const std::vector<float> part = to_floats(runner.tangent(i, moving[i], {}, runner.rows()));
            std::ranges::copy(part, d[i].end() - static_cast<std::ptrdiff_t>(part.size()));
            longest = std::max(longest, moving[i]);
        }
        if (got.tangent_rows != longest)
            out += fmt::format("tangent: {} rows instead of {}\n", got.tangent_rows, longest);
        if (longest == 0) continue;
        const std::vector<double> all = reference_along(c, x, d);
        const auto covered =
            all.size() / static_cast<std::size_t>(runner.rows()) * static_cast<std::size_t>(longest);
        out += compare(fmt::format("tangent over {} rows", fmt::join(moving, "/")), got.tangent,
                       std::span(all).last(covered), c.tolerance, worst);
    }
    return out;
}

std::string check_adjoint(const OpCase& c, Device& device, double* worst) {
    CaseRunner runner(c, device);
    const Numbers x = numbers_of(runner);
    const Outcome got = runner.run({.taped = true});
    const std::int64_t rows = c.reduces ? 1 : runner.rows();
    const auto cols = static_cast<std::int64_t>(got.value.size()) / rows;
    const std::vector<double> seed = to_doubles(to_floats(runner.seed(rows, cols, 0)));
    std::string out;
    for (std::size_t i = 0; i < c.data.size(); ++i)
        if (c.data[i].differentiated)
            out += check_operand_gradient(c, x, seed, i, got.data_gradients[i], c.data[i].name, worst);
    for (std::size_t i = 0; i < c.params.size(); ++i) {
        const Param& param = *runner.operands.params()[i];
        const auto g = std::span(got.param_gradients)
                           .subspan(static_cast<std::size_t>(param.offset),
                                    static_cast<std::size_t>(param.shape.count()));
        out += check_operand_gradient(c, x, seed, c.data.size() + i, g, param.name, worst);
    }
    return out;
}

std::string check_dot_product(const OpCase& c, Device& device, double* worst) {
    if (c.reduces) return "";
    CaseRunner runner(c, device);
    const Outcome got = runner.run({.moving = all_moving(c, runner.rows()), .taped = true});
    const auto cols = static_cast<std::int64_t>(got.value.size()) / runner.rows();
    const std::vector<float> seed = to_floats(runner.seed(runner.rows(), cols, 0));
    double left = 0, right = 0, squares = 0;
    for (std::size_t k = 0; k < std::min(seed.size(), got.tangent.size()); ++k) {
        const double term = static_cast<double>(seed[k]) * got.tangent[k];
        left += term, squares += term * term;
    }
    for (std::size_t i = 0; i < c.data.size(); ++i) {
        const std::vector<float> d = to_floats(runner.operands.tangents()[i]);
        for (std::size_t k = 0; k < std::min(d.size(), got.data_gradients[i].size()); ++k)
            right += static_cast<double>(d[k]) * got.data_gradients[i][k];
    }
    const double scale = std::max({std::sqrt(squares), std::abs(left), std::abs(right)});
    note(worst, std::abs(left - right), 2 * c.tolerance * scale);
    if (std::abs(left - right) <= 2 * c.tolerance * scale) return "";
    return fmt::format("dot product: {} and {}, scale {:.2e}\n", left, right, scale);
}

std::string check_linearity(const OpCase& c, Device& device, double* worst) {
    if (c.reduces) return "";
    CaseRunner runner(c, device);
    const auto moving = all_moving(c, runner.rows());
    const Outcome a = runner.run({.moving = moving});
    const Outcome b = runner.run({.moving = moving, .other_tangents = true});
    const Outcome both = runner.run({.moving = moving, .tangent_scale = -2, .both_tangents = true});
    std::vector<double> want = to_doubles(a.tangent);
    for (std::size_t k = 0; k < want.size(); ++k) want[k] = -2 * (want[k] + b.tangent[k]);
    // The sum of two bf16 is rounded before the op sees it.
    const bool rounded = c.precision == Precision::bf16;
    return compare("linearity of the tangent", both.tangent, want,
                   rounded ? std::max(3e-2, c.tolerance) : 2 * c.tolerance, worst);
}

std::string check_devices(const OpCase& c, Device& device, double* worst) {
    Team team(1);
    CpuDevice cpu(team);
    CaseRunner here(c, cpu), there(c, device);
    const Drive drive{.moving = all_moving(c, c.reduces ? -1 : here.rows()), .taped = true};
    const Outcome want = here.run(drive), got = there.run(drive);
    const double allowed = 2 * c.tolerance;
    std::string out = compare("value", got.value, to_doubles(want.value), allowed, worst) +
                      compare("tangent", got.tangent, to_doubles(want.tangent), allowed, worst) +
                      compare("gradients of parameters", got.param_gradients,
                              to_doubles(want.param_gradients), allowed, worst);
    for (std::size_t i = 0; i < want.data_gradients.size(); ++i)
        out += compare("gradients of data", got.data_gradients[i], to_doubles(want.data_gradients[i]),
                       allowed, worst);
    return out;
}

}  // namespace mf::verify

// SPDX-License-Identifier: MIT
#include "metrics/sliced_wasserstein.hpp"

#include <atomic>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/error.hpp"
#include "metrics/shared_stop.hpp"
#include "metrics/sort_floats.hpp"

namespace mf {
namespace {

double power(double difference, int p) { return p == 1 ? std::abs(difference) : difference * difference; }

void project(MatrixView x, const float* direction, std::vector<float>& out) {
    for (std::int64_t i = 0; i < x.rows; ++i) {
        const float* row = x.row(i);
        // Long rows (images): independent partial sums, which the compiler may keep in vector registers.
        constexpr std::int64_t lanes = 32;
        double part[lanes] = {}, sum = 0;
        std::int64_t k = 0;
        for (; k + lanes <= x.cols; k += lanes)
            for (std::int64_t l = 0; l < lanes; ++l) part[l] += double{row[k + l]} * double{direction[k + l]};
        for (; k < x.cols; ++k) sum += double{row[k]} * double{direction[k]};
        if (x.cols >= lanes)
            for (const double p : part) sum += p;
        out[static_cast<std::size_t>(i)] = static_cast<float>(sum);
    }
}

}  // namespace

double transport_cost(std::span<const float> x, std::span<const float> y, int p) {
    const std::size_t n = x.size(), m = y.size();
    double sum = 0;
    if (n == m) {
        for (std::size_t i = 0; i < n; ++i) sum += power(double{x[i]} - double{y[i]}, p);
        return sum / static_cast<double>(n);
    }
    // Mass in units of 1/(n m): x[i] holds the ranks i m .. (i + 1) m, y[j] the ranks j n .. (j + 1) n.
    std::size_t at = 0;
    for (std::size_t i = 0, j = 0; i < n && j < m;) {
        const std::size_t x_end = (i + 1) * m, y_end = (j + 1) * n;
        const std::size_t end = std::min(x_end, y_end);
        sum += static_cast<double>(end - at) * power(double{x[i]} - double{y[j]}, p);
        at = end;
        if (end == x_end) ++i;
        if (end == y_end) ++j;
    }
    return sum / (static_cast<double>(n) * static_cast<double>(m));
}

double sliced_wasserstein(MatrixView x, MatrixView y, MatrixView directions, int p, Team& team,
                          const Stop& stop) {
    check(p == 1 || p == 2, "[sliced_wasserstein] p must be 1 or 2, got {}", p);
    check_sample_pair("sliced_wasserstein", x, y, 1);
    check_samples("sliced_wasserstein", "directions", directions, 1);
    check(directions.cols == x.cols, "[sliced_wasserstein] directions have {} columns, samples {}",
          directions.cols, x.cols);
    std::vector<double> costs(static_cast<std::size_t>(directions.rows));
    std::atomic<std::int64_t> next{0};
    SharedStop ends(stop);
    team.run([&](int lane) {
        if (ends.wanted(lane)) return;
        std::vector<float> px(static_cast<std::size_t>(x.rows)), py(static_cast<std::size_t>(y.rows));
        std::vector<std::uint32_t> scratch;
        for (std::int64_t l = next++; l < directions.rows; l = next++) {
            if (ends.wanted(lane)) return;
            project(x, directions.row(l), px);
            project(y, directions.row(l), py);
            sort_floats(px, scratch);
            sort_floats(py, scratch);
            costs[static_cast<std::size_t>(l)] = transport_cost(px, py, p);
        }
    });
    ends.finish();
    double mean = 0;
    for (const double cost : costs) mean += cost / static_cast<double>(directions.rows);
    return p == 1 ? mean : std::sqrt(mean);
}

double sliced_wasserstein_plane(MatrixView x, MatrixView y, Team& team, const Stop& stop) {
    check(x.cols == 2, "[sliced_wasserstein] expected points in the plane, got {} coordinates", x.cols);
    constexpr std::int64_t count = 128;
    float directions[2 * count];
    for (std::int64_t l = 0; l < count; ++l) {
        const double angle = std::numbers::pi * static_cast<double>(l) / count;
        directions[2 * l] = static_cast<float>(std::cos(angle));
        directions[2 * l + 1] = static_cast<float>(std::sin(angle));
    }
    return sliced_wasserstein(x, y, {directions, count, 2}, 2, team, stop);
}

}  // namespace mf

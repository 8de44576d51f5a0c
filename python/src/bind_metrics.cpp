// SPDX-License-Identifier: MIT
#include "bindings.hpp"
#include "core/error.hpp"
#include "metrics/feature_statistics.hpp"
#include "metrics/frechet.hpp"
#include "metrics/gaussian_fit.hpp"
#include "metrics/inception_score.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/precision_recall.hpp"
#include "metrics/sliced_wasserstein.hpp"

namespace mf::python {
namespace {

MatrixView matrix(const In<float>& array) {
    check_usage(array.ndim() == 2, "[metrics] {} dimensions, expected rows of numbers (n, d)", array.ndim());
    return {array.data(), static_cast<std::int64_t>(array.shape(0)),
            static_cast<std::int64_t>(array.shape(1))};
}

std::pair<Out<double>, Out<double>> statistics(Gaussian&& fit) {
    const auto d = static_cast<std::size_t>(fit.dim());
    return {owned(std::move(fit.mean), {d}), owned(std::move(fit.covariance), {d, d})};
}

/// The same as fit_gaussian, in portions, so that Ctrl-C ends it.
Gaussian fitted(MatrixView x) {
    constexpr std::int64_t rows = 4096;
    if (x.rows < 2 || x.cols < 1) {  // says what is wrong
        Team alone;
        return fit_gaussian(x, alone);
    }
    Signals signals;
    Team team(0);
    GaussianFit fit(x.cols);
    for (std::int64_t at = 0; at < x.rows; at += rows) {
        end_if_asked(std::ref(signals), "fitting a Gaussian");
        fit.add({x.row(at), std::min(rows, x.rows - at), x.cols}, team);
    }
    return fit.finish();
}

std::pair<Out<double>, Out<double>> fit(const In<float>& x) {
    Gaussian out;
    {
        const nb::gil_scoped_release others;
        out = fitted(matrix(x));
    }
    return statistics(std::move(out));
}

std::pair<Out<double>, Out<double>> read(const std::filesystem::path& path) {
    Gaussian out;
    {
        const nb::gil_scoped_release others;
        out = read_statistics(path).features;
    }
    return statistics(std::move(out));
}

double frechet(const In<double>& mean_a, const In<double>& covariance_a, const In<double>& mean_b,
               const In<double>& covariance_b) {
    const auto gaussian = [](const In<double>& mean, const In<double>& covariance) {
        check_usage(mean.ndim() == 1 && covariance.ndim() == 2 && covariance.shape(0) == mean.shape(0) &&
                        covariance.shape(1) == mean.shape(0),
                    "[metrics] a mean is (d) and a covariance (d, d)");
        const auto m = span_of(mean), c = span_of(covariance);
        return Gaussian{{m.begin(), m.end()}, {c.begin(), c.end()}};
    };
    const nb::gil_scoped_release others;
    Team team(0);
    return frechet_distance(gaussian(mean_a, covariance_a), gaussian(mean_b, covariance_b), team);
}

template <auto Function>
double of_two(const In<float>& x, const In<float>& y) {
    const nb::gil_scoped_release others;
    Team team(0);
    return Function(matrix(x), matrix(y), team, Signals());
}

double plane_distance(MatrixView x, MatrixView y, Team& team, const Stop& stop) {
    check_usage(x.cols == 2 && y.cols == 2, "[metrics] points in the plane are (n, 2), got {} and {} columns",
                x.cols, y.cols);
    return sliced_wasserstein_plane(x, y, team, stop);
}

std::pair<double, double> precision_and_recall(const In<float>& real, const In<float>& generated, int k) {
    const nb::gil_scoped_release others;
    Team team(0);
    const PrecisionRecall out = precision_recall(matrix(real), matrix(generated), k, team, Signals());
    return {out.precision, out.recall};
}

std::pair<double, double> score(const In<float>& logits, int parts) {
    const nb::gil_scoped_release others;
    const InceptionScore out = inception_score(matrix(logits), parts);
    return {out.mean, out.std};
}

double mmd2(const In<float>& x, const In<float>& y, std::optional<double> sigma) {
    const nb::gil_scoped_release others;
    Team team(0);
    const double width = sigma ? *sigma : median_distance(matrix(x), matrix(y), team, Signals());
    return gaussian_mmd2(matrix(x), matrix(y), width, team, Signals());
}

}  // namespace

void bind_metrics(nb::module_& m) {
    using namespace nb::literals;
    m.def("fit_gaussian", &fit, "x"_a);
    m.def("read_statistics", &read, "path"_a);
    m.def("frechet", &frechet, "mean_a"_a, "covariance_a"_a, "mean_b"_a, "covariance_b"_a);
    m.def("kid", &of_two<&kid>, "x"_a, "y"_a);
    m.def("energy_distance", &of_two<&energy_distance>, "x"_a, "y"_a);
    m.def("sliced_wasserstein", &of_two<&plane_distance>, "x"_a, "y"_a);
    m.def("precision_recall", &precision_and_recall, "real"_a, "generated"_a, "k"_a);
    m.def("inception_score", &score, "logits"_a, "parts"_a);
    m.def("mmd2", &mmd2, "x"_a, "y"_a, "sigma"_a.none());
}

}  // namespace mf::python

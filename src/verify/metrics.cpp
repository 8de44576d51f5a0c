// SPDX-License-Identifier: MIT
// Metrics of feature sets: two sets x and y, and "half.", the same with the first half of y.
#include <fmt/format.h>

#include "core/error.hpp"
#include "metrics/frechet.hpp"
#include "metrics/inception_score.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/precision_recall.hpp"
#include "metrics/sliced_wasserstein.hpp"
#include "verify/kinds.hpp"

namespace mf::verify {
namespace {

constexpr double kMetricTolerance = 1e-6;

MatrixView matrix_of(const Tensor& tensor) { return {tensor.f32(), tensor.rows(), tensor.cols()}; }

/// Compares what the file has of one pair of sets.
class PairOfSets {
  public:
    PairOfSets(const Reference& reference, Comparison& comparison, std::string prefix, MatrixView x,
               MatrixView y, Team& team)
        : reference_(reference),
          comparison_(comparison),
          prefix_(std::move(prefix)),
          x_(x),
          y_(y),
          team_(team) {}

    void compare() {
        frechet();
        if (has("kid")) value("kid", kid(x_, y_, team_));
        if (has("mmd.sigma")) {
            const double sigma = median_distance(x_, y_, team_);
            value("mmd.sigma", sigma);
            if (has("mmd.squared")) value("mmd.squared", gaussian_mmd2(x_, y_, sigma, team_));
        }
        neighbours();
        sliced();
    }

  private:
    bool has(const std::string& name) const { return reference_.has(prefix_ + name); }
    void value(const std::string& name, double got) {
        comparison_.value(prefix_ + name, got, kMetricTolerance);
    }
    void values(const std::string& name, const std::vector<double>& got) {
        if (has(name)) comparison_.values(prefix_ + name, std::span<const double>(got), kMetricTolerance);
    }

    void frechet() {
        if (!has("fid")) return;
        const Gaussian a = fit_gaussian(x_, team_), b = fit_gaussian(y_, team_);
        const FrechetTerms terms = frechet_terms(a, b, team_);
        value("fid", terms.distance());
        if (has("fid.trace_sqrt")) value("fid.trace_sqrt", terms.trace_sqrt);
        values("mu_x", a.mean);
        values("mu_y", b.mean);
        values("sigma_x", a.covariance);
        values("sigma_y", b.covariance);
    }

    void neighbours() {
        if (!has("pr.precision")) return;
        const int k = static_cast<int>(reference_.setting("k"));
        const PrecisionRecall got = precision_recall(x_, y_, k, team_);
        value("pr.precision", got.precision);
        value("pr.recall", got.recall);
        values("pr.radius_x", neighbour_radii(x_, k, team_));
        values("pr.radius_y", neighbour_radii(y_, k, team_));
    }

    void sliced() {
        if (!has("sliced.w1")) return;
        const MatrixView directions = matrix_of(reference_.at("directions"));
        value("sliced.w1", sliced_wasserstein(x_, y_, directions, 1, team_));
        value("sliced.w2", sliced_wasserstein(x_, y_, directions, 2, team_));
    }

    const Reference& reference_;
    Comparison& comparison_;
    std::string prefix_;
    MatrixView x_, y_;
    Team& team_;
};

/// Every "is.K.mean" and "is.K.permuted.mean" that the file has, with what belongs to it.
void compare_inception_scores(const Reference& reference, Comparison& comparison) {
    constexpr std::string_view head = "is.", tail = ".mean";
    for (const auto& [name, tensor] : reference.tensors()) {
        if (!name.starts_with(head) || !name.ends_with(tail)) continue;
        const std::string stem = name.substr(0, name.size() - tail.size());
        const int parts = std::atoi(stem.c_str() + head.size());
        check(parts > 0, "{}: {} does not say how many parts", reference.name(), name);
        std::vector<std::int64_t> order;
        if (stem.ends_with(".permuted")) order = reference.integers("is.permutation");
        const InceptionScore got = inception_score(matrix_of(reference.at("logits")), parts, order);
        comparison.value(name, got.mean, kMetricTolerance);
        if (reference.has(stem + ".std")) comparison.value(stem + ".std", got.std, kMetricTolerance);
        if (reference.has(stem + ".per_split"))
            comparison.values(stem + ".per_split", std::span<const double>(got.per_part), kMetricTolerance);
    }
}

}  // namespace

void verify_metrics(const Reference& reference, Comparison& comparison, const Place& place) {
    Team& team = place.team;
    comparison.inputs({"x", "y", "logits", "directions", "is.permutation"});
    const MatrixView x = matrix_of(reference.at("x")), y = matrix_of(reference.at("y"));
    reference.expect("n", static_cast<double>(x.rows));
    reference.expect("dim", static_cast<double>(x.cols));
    if (reference.has("logits"))
        reference.expect("classes", static_cast<double>(reference.at("logits").cols()));
    PairOfSets(reference, comparison, "", x, y, team).compare();
    PairOfSets(reference, comparison, "half.", x, first_rows(y, y.rows / 2), team).compare();
    if (reference.has("logits")) compare_inception_scores(reference, comparison);
}

}  // namespace mf::verify

// SPDX-License-Identifier: MIT
// Frechet distance of two sets of features, each taken as a Gaussian (Heusel et al. 2017, "GANs trained by a
// two time-scale update rule converge to a local Nash equilibrium"). With features of the Inception network:
// FID.
//
//     |mu_a - mu_b|^2 + tr(S_a) + tr(S_b) - 2 tr((S_a S_b)^(1/2))
#pragma once

#include "core/team.hpp"
#include "metrics/gaussian_fit.hpp"
#include "metrics/matrix.hpp"

namespace mf {

/// The terms of the distance.
struct FrechetTerms {
    double mean;        ///< |mu_a - mu_b|^2
    double trace_a;     ///< tr(S_a)
    double trace_b;     ///< tr(S_b)
    double trace_sqrt;  ///< tr((S_a S_b)^(1/2))

    double distance() const { return mean + trace_a + trace_b - 2 * trace_sqrt; }
};

/// Works for singular covariances (fewer samples than features) too. Error when sizes differ, a number is not
/// finite, or both covariances are singular and the one of lower rank is not positive semi-definite. Note that the
/// distance of few samples is biased upwards: compare like with like.
FrechetTerms frechet_terms(const Gaussian& a, const Gaussian& b, Team& team);
double frechet_distance(const Gaussian& a, const Gaussian& b, Team& team);
/// x: (n, d), y: (m, d).
double frechet_distance(MatrixView x, MatrixView y, Team& team);

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "ops/cpu/posterior_mean.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/rng.hpp"

namespace {

using namespace mf;

struct Case {
    std::int64_t groups, count, dimensions;
    std::vector<float> samples, z;

    Case(std::int64_t g, std::int64_t k, std::int64_t d) : groups(g), count(k), dimensions(d) {
        samples.resize(static_cast<std::size_t>(g * k * d));
        z.resize(static_cast<std::size_t>(d));
        Random(3, Stream::test).normal_vector(samples.data(), std::ssize(samples), 0);
        Random(4, Stream::test).normal_vector(z.data(), std::ssize(z), 0);
    }
    double sample(std::int64_t group, std::int64_t j, std::int64_t d) const {
        return samples[static_cast<std::size_t>((group * count + j) * dimensions + d)];
    }
    /// The formula in double.
    std::vector<double> mean(double s, std::int64_t group) const {
        std::vector<double> distances, out(static_cast<std::size_t>(dimensions));
        for (std::int64_t j = 0; j < count; ++j) {
            double squares = 0;
            for (std::int64_t d = 0; d < dimensions; ++d)
                squares += std::pow(z[static_cast<std::size_t>(d)] - (1 - s) * sample(group, j, d), 2);
            distances.push_back(squares / (2 * s * s));
        }
        const double nearest = *std::ranges::min_element(distances);
        double sum = 0;
        for (std::int64_t j = 0; j < count; ++j) {
            const double w = std::exp(nearest - distances[static_cast<std::size_t>(j)]);
            sum += w;
            for (std::int64_t d = 0; d < dimensions; ++d)
                out[static_cast<std::size_t>(d)] += w * sample(group, j, d);
        }
        for (double& x : out) x /= sum;
        return out;
    }
};

TEST(PosteriorMean, IsTheFormulaForAnyNumberOfCandidatesAndDimensions) {
    Pool pool;
    for (const std::int64_t count : {1, 7, 8, 15, 16, 17, 40, 512})
        for (const std::int64_t dimensions : {1, 2, 3, 4, 7}) {
            const Case c(2, count, dimensions);
            Candidates candidates(pool, c.samples.data(), 2, count, dimensions, 1);
            for (const float s : {0.02F, 0.3F, 1.0F})
                for (const std::int64_t group : {0, 1}) {
                    std::vector<float> got(static_cast<std::size_t>(dimensions));
                    candidates.posterior_mean(got.data(), c.z.data(), s, group, 0);
                    const std::vector<double> want = c.mean(s, group);
                    for (std::size_t d = 0; d < want.size(); ++d)
                        EXPECT_NEAR(got[d], want[d], s < 0.1F ? 5e-4 : 2e-5)
                            << count << " candidates, dimension " << d << " of " << dimensions << ", s " << s;
                }
        }
}

TEST(PosteriorMean, AFarStateTakesItsNearestCandidateAndNoNumberIsLost) {
    Pool pool;
    const std::vector<float> samples = {0, 0, 1, 0, 0, 1}, z = {1e4F, 0};
    Candidates candidates(pool, samples.data(), 1, 3, 2, 1);
    float got[2];
    candidates.posterior_mean(got, z.data(), 0.01F, 0, 0);
    EXPECT_FLOAT_EQ(got[0], 1);
    EXPECT_NEAR(got[1], 0, 1e-30);
}

TEST(PosteriorMean, EveryThreadGetsTheSameBits) {
    Pool pool;
    const Case c(1, 300, 2);
    Candidates candidates(pool, c.samples.data(), 1, 300, 2, 3);
    float first[2], other[2];
    candidates.posterior_mean(first, c.z.data(), 0.4F, 0, 0);
    for (const int thread : {2, 1}) {
        candidates.posterior_mean(other, c.z.data(), 0.4F, 0, thread);
        EXPECT_EQ(other[0], first[0]);
        EXPECT_EQ(other[1], first[1]);
    }
}

}  // namespace

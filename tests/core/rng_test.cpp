// SPDX-License-Identifier: MIT
#include "core/rng.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace mf;

TEST(Philox, KnownAnswers) {
    // Random123's published vector for zero counter and key: the counter (index 0, stream 0, block 0), seed 0.
    const auto words = philox(0, static_cast<Stream>(0), 0, 0);
    EXPECT_EQ(words[0], 0x6627E8D5U);
    EXPECT_EQ(words[1], 0xE169C58DU);
    EXPECT_EQ(words[2], 0xBC57AC4CU);
    EXPECT_EQ(words[3], 0x9B00DBD8U);
}

TEST(Philox, ARowDoesNotDependOnTheBatchItIsDrawnIn) {
    const Random random(7, Stream::noise);
    std::vector<float> a(1000), b(1000), c(1), d(1);
    random.normals(a.data(), b.data(), 12345, 1000);
    for (int i : {0, 63, 64, 65, 999}) {
        random.normals(c.data(), d.data(), 12345 + static_cast<std::uint64_t>(i), 1);
        EXPECT_EQ(a[static_cast<std::size_t>(i)], c[0]);
        EXPECT_EQ(b[static_cast<std::size_t>(i)], d[0]);
    }
}

TEST(Philox, NormalsHaveTheRightMomentsAndTails) {
    constexpr int n = 400000;
    std::vector<float> a(n), b(n);
    Random(3, Stream::noise).normals(a.data(), b.data(), 0, n);
    double m1 = 0, m2 = 0, m4 = 0, cross = 0;
    int beyond = 0;
    for (std::size_t i = 0; i < n; ++i) {
        m1 += a[i] + b[i];
        m2 += a[i] * a[i] + b[i] * b[i];
        m4 += std::pow(a[i], 4) + std::pow(b[i], 4);
        cross += a[i] * b[i];
        beyond += std::abs(a[i]) > 1.959964 ? 1 : 0;
    }
    EXPECT_NEAR(m1 / (2 * n), 0, 0.005);
    EXPECT_NEAR(m2 / (2 * n), 1, 0.01);
    EXPECT_NEAR(m4 / (2 * n), 3, 0.06);
    EXPECT_NEAR(cross / n, 0, 0.008);
    EXPECT_NEAR(beyond / double{n}, 0.05, 0.002);
}

}  // namespace

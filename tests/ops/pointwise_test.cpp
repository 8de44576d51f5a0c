// SPDX-License-Identifier: MIT
// The laws of one number on a fine grid and at the ends of the number line.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "ops/pointwise/laws.hpp"

namespace {

using namespace mf;

struct Numbers2 {
    double value, slope;
};

template <class Law>
Numbers2 at(float x) {
    FloatVector value, slope;
    Law::at(FloatVector{} + x, value, slope);
    return {value[0], slope[0]};
}

template <class Law>
class PointwiseLaw : public testing::Test {};

template <class List>
struct TypesOf;
template <class... Law>
struct TypesOf<LawList<Law...>> {
    using Types = testing::Types<Law...>;
};
TYPED_TEST_SUITE(PointwiseLaw, TypesOf<PointwiseLaws>::Types);

TYPED_TEST(PointwiseLaw, ValueAndSlopeOnAGrid) {
    for (int i = -12000; i <= 12000; ++i) {
        const float x = static_cast<float>(i) * 1e-3F;
        const double h = 1e-5, want = TypeParam::reference(x);
        const double slope = (TypeParam::reference(x + h) - TypeParam::reference(x - h)) / (2 * h);
        const auto got = at<TypeParam>(x);
        ASSERT_NEAR(got.value, want, 2e-7 * std::max(1.0, std::abs(static_cast<double>(x)))) << x;
        ASSERT_NEAR(got.slope, slope, 4e-7) << x;
    }
}

TYPED_TEST(PointwiseLaw, CalmAtTheEnds) {
    for (const float x : {50.0F, 100.0F, 1e4F, 1e15F, 1e30F}) {
        EXPECT_NEAR(at<TypeParam>(x).value, x, 1e-6 * x);
        EXPECT_NEAR(at<TypeParam>(x).slope, 1, 1e-6) << x;
        EXPECT_NEAR(at<TypeParam>(-x).value, 0, 1e-6) << x;
        EXPECT_NEAR(at<TypeParam>(-x).slope, 0, 1e-6) << x;
    }
    EXPECT_EQ(at<TypeParam>(0.0F).value, 0);
    EXPECT_NEAR(at<TypeParam>(0.0F).slope, 0.5, 1e-6);
}

TYPED_TEST(PointwiseLaw, NanStaysNan) {
    const auto got = at<TypeParam>(std::numeric_limits<float>::quiet_NaN());
    EXPECT_TRUE(std::isnan(got.value));
    EXPECT_TRUE(std::isnan(got.slope));
}

}  // namespace

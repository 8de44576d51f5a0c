// SPDX-License-Identifier: MIT
#include "tensor/tensor.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tensor/dual.hpp"

namespace {

using namespace mf;

Tensor counting(Shape shape) {
    Tensor out(shape, DType::f32);
    for (std::int64_t i = 0; i < out.count(); ++i) out.f32()[i] = static_cast<float>(i);
    return out;
}

TEST(Tensor, IsAMatrixOfItsLastDimension) {
    const Tensor x = counting({2, 3, 4});
    EXPECT_EQ(x.rows(), 6);
    EXPECT_EQ(x.cols(), 4);
    EXPECT_EQ(x.bytes(), 96U);
    EXPECT_EQ(Tensor({5, 0}, DType::f32).rows(), 0);
    const Tensor none;
    EXPECT_TRUE(none.empty());
    EXPECT_FALSE(static_cast<bool>(none));
    EXPECT_EQ(none.count(), 0);
    EXPECT_EQ(none.rows(), 0);
}

TEST(Tensor, NoRowsIsNotEmpty) {
    const Tensor x({0, 4}, DType::f32);
    EXPECT_FALSE(x.empty());
    EXPECT_EQ(x.rows(), 0);
    EXPECT_EQ(x.cols(), 4);
}

TEST(Tensor, CopiesAndRangesShareMemory) {
    Tensor x = counting({4, 3});
    const Tensor same = x, middle = x.row_range(1, 3), turned = x.reshaped({3, 4});
    x.f32()[3] = 99;
    EXPECT_EQ(same.f32()[3], 99);
    EXPECT_EQ(middle.f32()[0], 99);
    EXPECT_EQ(turned.f32()[3], 99);
    EXPECT_EQ(middle.shape(), (Shape{2, 3}));
    EXPECT_EQ(x.row_range(2, 2).rows(), 0);
    EXPECT_EQ(x.row_range(1, 4).row_range(1, 2).f32()[0], 6);
    EXPECT_THROW(x.row_range(3, 5), Error);
    EXPECT_THROW(x.row_range(-1, 2), Error);
    EXPECT_THROW(x.row_range(3, 2), Error);
    EXPECT_THROW(x.reshaped({5, 2}), Error);
}

TEST(Tensor, MovesAndAssignments) {
    Tensor a = counting({2, 2});
    const float* at = a.f32();
    Tensor b = std::move(a);
    EXPECT_TRUE(a.empty());  // NOLINT: what a moved-from tensor is, is promised
    EXPECT_EQ(b.f32(), at);
    EXPECT_TRUE(b.unique());
    Tensor& self = b;
    b = self;
    EXPECT_EQ(b.f32(), at);
    EXPECT_TRUE(b.unique());
    b = counting({1});
    EXPECT_EQ(b.count(), 1);
}

TEST(Tensor, IsReadAsWhatItHolds) {
    Tensor x({2}, DType::bf16);
    EXPECT_NO_THROW(x.bf16());
    EXPECT_THROW(x.f32(), Error);
    EXPECT_THROW(Tensor({2}, DType::i32).f32(), Error);
    EXPECT_EQ(Tensor().f32(), nullptr);
}

TEST(Tensor, ViewsOfForeignMemoryOwnNothing) {
    float numbers[4] = {1, 2, 3, 4};
    {
        Tensor view = Tensor::view_of(numbers, {2, 2}, DType::f32);
        EXPECT_FALSE(view.unique());
        view.row_range(1, 2).f32()[0] = 7;
    }
    EXPECT_EQ(numbers[2], 7);
}

TEST(Tensor, ConvertsWhenCopied) {
    Tensor x({5}, DType::f32), half({5}, DType::bf16), back({5}, DType::f32);
    const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
    const float numbers[] = {1.0F, 1.00390625F, -3.0078125F, inf, nan};
    std::copy_n(numbers, 5, x.f32());
    half.copy_from(x);
    back.copy_from(half);
    EXPECT_EQ(back.f32()[0], 1.0F);
    EXPECT_EQ(back.f32()[1], 1.0F) << "halfway: to even";
    EXPECT_EQ(back.f32()[2], -3.0F) << "halfway: to even";
    EXPECT_EQ(back.f32()[3], inf);
    EXPECT_TRUE(std::isnan(back.f32()[4]));
    half.fill(2.5F);
    EXPECT_EQ(to_float(half.bf16()[4]), 2.5F);
    EXPECT_THROW(x.copy_from(Tensor({4}, DType::f32)), Error);
    const Tensor zeros = Tensor::zeros({7});
    for (const float zero : zeros.floats()) EXPECT_EQ(zero, 0);
}

TEST(Dual, TangentsCoverTheLastRows) {
    const Dual still(counting({4, 3}));
    EXPECT_EQ(still.tangent_rows(), 0);
    EXPECT_EQ(still.tangent_begin(), 4);
    const Dual moving = still.moving(counting({3, 3}));
    EXPECT_EQ(moving.tangent_rows(), 3);
    EXPECT_EQ(moving.tangent_begin(), 1);
    EXPECT_EQ(moving.still().tangent_rows(), 0);
    EXPECT_EQ(still.moving(Tensor({0, 3}, DType::f32)).tangent_rows(), 0);
    EXPECT_THROW(still.moving(counting({5, 3})), Error);
    EXPECT_THROW(still.moving(counting({3, 2})), Error);
}

}  // namespace

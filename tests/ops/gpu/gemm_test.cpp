// SPDX-License-Identifier: MIT
#include "ops/gpu/numbers.hpp"

namespace mf {
namespace {

/// y = x Wᵀ + b with a tangent, x̄ = ȳ W and W̄ += ȳᵀ x on a device.
void products(Stage& s, std::int64_t m, std::int64_t n, std::int64_t k, DType factors) {
    const std::int64_t moving = (m + 1) / 2;
    OnDevice &x = s.normal(m, k, factors), &x_dot = s.normal(moving, k, factors), &w = s.normal(n, k),
             &bias = s.normal(1, n), &y = s.normal(m, n), &y_dot = s.normal(moving, n);
    OnDevice &dy = s.normal(m, n, factors), &dx = s.normal(m, k), &more = s.normal(m, k),
             &dw = s.normal(n, k);
    std::shared_ptr<PreparedWeight> kept;
    if (s.device.prepares(n)) {
        const WeightToPrepare weight{.value = w, .scales = {}, .factors = factors, .kept = &kept};
        s.device.prepare({&weight, 1});
        s.device.prepare({&weight, 1});
    }
    const Weight weight{w, kept.get()};
    s.device.linear({x, y, bias}, {x_dot, y_dot, {}}, weight);
    s.device.linear_adjoint(dx, dy, weight, false, s.pool);
    s.device.linear_adjoint(more, dy, weight, true, s.pool);
    s.device.weight_gradient(dw, dy, x, s.pool);
}

TEST(GpuGemm, Products) {
    if (no_opencl()) return;
    const std::int64_t sizes[][3] = {{1, 1, 1},   {31, 33, 31},  {33, 2, 64},
                                     {65, 64, 3}, {999, 31, 17}, {1, 276, 33}};
    for (const auto [m, n, k] : sizes)
        twice(2e-5, "f32", [=](Stage& s) { products(s, m, n, k, DType::f32); });
    twice(2e-5, "bf16", [=](Stage& s) { products(s, 33, 64, 32, DType::bf16); });
}

// Sums of a gradient that are long enough to be shared by groups.
TEST(GpuGemm, LongSums) {
    if (no_opencl()) return;
    twice(1e-4, "long", [](Stage& s) {
        OnDevice &dy = s.normal(2100, 33), &x = s.normal(2100, 31), &dw = s.normal(33, 31);
        s.device.weight_gradient(dw, dy, x, s.pool);
    });
}

// A row has the same bits alone and among others, and the same call gives them again.
TEST(GpuGemm, RowsDoNotKnowEachOther) {
    if (no_opencl()) return;
    GpuDevice& gpu = *opencl_here().device;
    Stage s(gpu);
    OnDevice &x = s.normal(70, 99), &w = s.normal(37, 99), &y = s.normal(70, 37), &again = s.normal(70, 37),
             &one = s.normal(1, 37);
    gpu.linear({x, y, {}}, {}, {w, nullptr});
    gpu.linear({x, again, {}}, {}, {w, nullptr});
    const auto* const row = static_cast<const float*>(View(x).data) + 67 * 99;
    gpu.linear({{row, 1, 99, DType::f32}, one, {}}, {}, {w, nullptr});
    const std::vector<double> all = y.now(), alone = one.now();
    EXPECT_EQ(all, again.now());
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), all.begin() + 67 * 37));
}

}  // namespace
}  // namespace mf

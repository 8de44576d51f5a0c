// SPDX-License-Identifier: MIT
// Kernels that take number by number, or row by row.
#include "ops/gpu/numbers.hpp"
#include "ops/pointwise.hpp"

namespace mf {
namespace {

TEST(GpuElementwise, Sums) {
    if (no_opencl()) return;
    for (const auto [rows, cols] : kSizes)
        twice(1e-5, "sums", [=](Stage& s) {
            OnDevice &a = s.normal(rows, cols), &b = s.normal(rows, cols), &column = s.normal(rows, 1);
            OnDevice &table = s.normal(1, cols), &y = s.normal(rows, cols), &z = s.normal(rows, cols);
            OnDevice &across = s.normal(rows, 1), &down = s.normal(1, cols), &factor = s.normal(1, 1);
            s.device.add(y, a, b, -0.5F);
            s.device.add(z, a, column, 2.0F);
            s.device.multiply(y, y, z);
            s.device.multiply(z, y, column);
            s.device.scale(y, y, 3.0F);
            s.device.add(z, z, y, 1.0F);
            s.device.scale_by(y, z, factor);
            s.device.add_repeated(y, table);
            s.device.add_to(y, a);
            s.device.row_sums(across, a);
            s.device.add_column_sums(down, b);
        });
}

TEST(GpuElementwise, TypesAndPlaces) {
    if (no_opencl()) return;
    for (const auto [rows, cols] : kSizes)
        twice(0, "places", [=](Stage& s) {
            OnDevice &x = s.normal(rows, cols), &small = s.normal(rows, cols, DType::bf16);
            OnDevice &y = s.normal(rows, cols), &y16 = s.normal(rows, cols, DType::bf16);
            OnDevice &wide = s.normal(rows, cols, DType::f64), &filled = s.normal(rows, cols);
            OnDevice &sum = s.normal(rows, cols, DType::bf16), &joined = s.normal(rows, cols + 3);
            s.device.convert(y, small);
            s.device.convert(y16, x);
            s.device.convert(filled, wide);
            s.device.add_to(sum, x);
            s.device.add_to(sum, small);
            s.device.add_to(x, small);
            s.device.copy_runs(joined, {2, cols + 3}, x, {0, cols}, rows, cols);
            OnDevice &picked = s.normal(3, cols), &filling = s.normal(rows, cols);
            const std::int32_t places[] = {static_cast<std::int32_t>(rows - 1), 0,
                                           static_cast<std::int32_t>(rows / 2)};
            s.device.gather_rows(picked, x, places);
            s.device.fill(filling, 0.25F);
            s.device.zero(Into(wide).data, static_cast<std::size_t>(rows) * 8);
        });
}

TEST(GpuElementwise, HalfNumbersOfIeee) {
    if (no_opencl()) return;
    twice(0, "f16", [](Stage& s) {
        // All kinds of them: zeros, the least, subnormal, normal and largest numbers, of both signs, and infinities.
        const std::vector<std::uint16_t> bits = {0,      1,      0x3FF,  0x400,  0x3C00,
                                                 0x7BFF, 0x8000, 0x8001, 0xFBFF, 0xC248};
        OnDevice &x = s.normal(1, 5), &y = s.normal(1, 10);
        s.device.upload(Into(x).data, bits.data(), 20);
        s.device.convert(y, View{View(x).data, 1, 10, DType::f16});
    });
}

// Doubles of every size, halves between two floats among them, become the floats that the host makes of them.
TEST(GpuElementwise, DoublesToFloats) {
    if (no_opencl()) return;
    std::vector<double> wide = {
        0.0,           -0.0,     HUGE_VAL,       -HUGE_VAL,       std::nan(""),     1.0 + 0x1p-24,
        1.0 + 0x3p-24, 3.5e38,   0x1.ffffffp127, 0x1.fffffefp127, 0x1p-149,         0x1p-150,
        0x1.8p-150,    0x1p-151, 0x1p-1074,      0x1.fffffep-127, -0x1.000001p-126, 0x1.7ffffp-140,
        1e300,         -1e-300};
    for (int i = 0; i < 2000; ++i)
        wide.push_back(std::ldexp(std::sin(i) * (1 + 1e-9 * i), i % 340 - 170) * (i % 2 == 0 ? 1 : -1));
    GpuDevice& gpu = *opencl_here().device;
    Stage s(gpu);
    const std::vector<float> none(wide.size());
    OnDevice &from = s.given(none, 1, DType::f64), &to = s.given(none, 1);
    gpu.upload(Into(from).data, wide.data(), wide.size() * sizeof(double));
    gpu.convert(to, from);
    const std::vector<double> got = to.now();
    for (std::size_t i = 0; i < wide.size(); ++i) {
        const auto want = static_cast<float>(wide[i]);
        EXPECT_TRUE(std::isnan(want) ? std::isnan(got[i]) : got[i] == static_cast<double>(want)) << wide[i];
        EXPECT_EQ(std::signbit(got[i]), std::signbit(want)) << wide[i];
    }
}

TEST(GpuElementwise, Pointwise) {
    if (no_opencl()) return;
    for (const auto [rows, cols] : kSizes)
        for (const DType type : {DType::f32, DType::bf16})
            for (const auto& [function, name] : pointwise_names())
                twice(type == DType::bf16 ? kStep16 : 1e-6, name.c_str(), [=, function = function](Stage& s) {
                    const std::int64_t moving = (rows + 1) / 2;
                    OnDevice &x = s.normal(rows, cols), &x_dot = s.normal(moving, cols);
                    OnDevice &y = s.normal(rows, cols, type), &y_dot = s.normal(moving, cols, type),
                             &slope = s.normal(rows, cols, type), &still = s.normal(rows, cols, type),
                             &dx = s.normal(rows, cols, type);
                    s.device.scale(x, x, 4.0F);
                    s.device.pointwise(function, {x, x_dot, y, y_dot, slope});
                    s.device.pointwise(function, {x, {}, still, {}, {}});
                    s.device.multiply_by_slope(dx, x, slope);
                    s.device.multiply_by_slope(dx, dx, slope);
                });
}

TEST(GpuElementwise, Swiglu) {
    if (no_opencl()) return;
    for (const auto [rows, cols] : kSizes)
        for (const DType type : {DType::f32, DType::bf16})
            twice(type == DType::bf16 ? kStep16 : 1e-6, "swiglu", [=](Stage& s) {
                const std::int64_t moving = (rows + 1) / 2;
                OnDevice &a = s.normal(rows, cols), &b = s.normal(rows, cols),
                         &a_dot = s.normal(moving, cols), &b_dot = s.normal(moving, cols);
                OnDevice &y = s.normal(rows, cols, type), &y_dot = s.normal(moving, cols, type),
                         &a_factor = s.normal(rows, cols, type), &b_factor = s.normal(rows, cols, type),
                         &still = s.normal(rows, cols, type);
                s.device.swiglu({a, b, a_dot, b_dot, y, y_dot, a_factor, b_factor});
                s.device.swiglu({a, b, {}, {}, still, {}, {}, {}});
            });
}

// What is far out, and what is no number, stays so.
TEST(GpuElementwise, PointwiseFarOut) {
    if (no_opencl()) return;
    GpuDevice& gpu = *opencl_here().device;
    const float nan = std::nanf(""), far[] = {-1e6F, -200, -90, -30, 30, 90, 200, 1e6F, nan};
    for (const auto& [function, name] : pointwise_names()) {
        Stage s(gpu);
        OnDevice &x = s.given({std::begin(far), std::end(far)}, 1), &y = s.normal(1, 9),
                 &slope = s.normal(1, 9);
        gpu.pointwise(function, {x, {}, y, {}, slope});
        const std::vector<double> value = y.now(), rise = slope.now();
        for (std::size_t i = 0; i < 8; ++i) {
            EXPECT_NEAR(value[i], far[i] > 0 ? static_cast<double>(far[i]) : 0, 1e-8) << i;
            EXPECT_NEAR(rise[i], far[i] > 0 ? 1 : 0, 1e-8) << i;
        }
        EXPECT_TRUE(std::isnan(value[8]));
    }
}

}  // namespace
}  // namespace mf

// SPDX-License-Identifier: MIT
#include "ops/gpu/numbers.hpp"

namespace mf {
namespace {

TEST(GpuTraining, SquareLoss) {
    if (no_opencl()) return;
    for (const auto [rows, cols] : kSizes)
        for (const double power : {0.0, 1.0, 0.75})
            twice(1e-6, "square_loss", [=](Stage& s) {
                OnDevice &p = s.normal(rows, cols), &y = s.normal(rows, cols),
                         &gradient = s.normal(rows, cols), &loss = s.normal(1, 1), &total = s.total();
                s.device.square_loss({p, y, gradient, loss, total, power, 1e-3, 31.0});
                s.device.square_loss({y, p, gradient, loss, {}, power, 1e-3, 31.0});
                s.device.add_total(total, loss);
            });
}

TEST(GpuTraining, CrossEntropy) {
    if (no_opencl()) return;
    for (const auto [rows, cols] : kSizes)
        for (const double smoothing : {0.0, 0.1})
            twice(1e-6, "cross_entropy", [=](Stage& s) {
                std::vector<std::int32_t> labels(static_cast<std::size_t>(rows));
                for (std::size_t i = 0; i < labels.size(); ++i)
                    labels[i] = static_cast<std::int32_t>(i * 7 % static_cast<std::size_t>(cols));
                OnDevice &z = s.normal(rows, cols), &gradient = s.normal(rows, cols), &loss = s.normal(1, 1),
                         &right = s.total();
                s.device.cross_entropy({z, labels.data(), gradient, loss, right, smoothing, 33.0});
                s.device.cross_entropy({z, labels.data(), gradient, loss, {}, smoothing, 33.0});
            });
    // Of several that are the largest the first one counts.
    twice(0, "ties", [](Stage& s) {
        const std::int32_t labels[] = {1, 2};
        OnDevice &z = s.given({0, 5, 5, 1, 0, 5, 5, 1}, 2), &gradient = s.normal(2, 4),
                 &loss = s.normal(1, 1), &right = s.total();
        s.device.cross_entropy({z, labels, gradient, loss, right, 0, 2});
        double got = 0;
        s.device.read_totals(&got, right, 1);
        EXPECT_EQ(got, 1.0);
        s.device.zero(Into(gradient).data, 32);
        s.device.zero(Into(loss).data, 4);
    });
}

TEST(GpuTraining, Targets) {
    if (no_opencl()) return;
    for (const auto [rows, cols] : kSizes)
        twice(1e-5, "targets", [=](Stage& s) {
            const std::int64_t moving = (rows + 1) / 2;
            OnDevice &a = s.normal(rows, cols), &b = s.normal(rows, cols), &t = s.normal(rows, 1),
                     &z = s.normal(rows, cols), &speed = s.normal(moving, cols), &r = s.normal(moving, 1),
                     &ends = s.normal(moving, 1), &total = s.total(), &target = s.normal(rows, cols);
            s.device.mix_by_time(z, a, b, t);
            s.device.add_correction(z, speed, r, ends, total);
            std::vector<GuidedRow> guided;
            std::vector<float> omega;
            for (std::int64_t i = 0; i < rows; ++i) {
                const auto row = static_cast<std::int32_t>(rows - 1 - i);
                guided.push_back({i % 3 == 0 ? std::nan("") : 0.5, i % 2 == 0 ? 0.25 : 0,
                                  i % 4 == 1 ? -0.75 : 0, i % 2 == 0 ? row : -1, i % 4 == 1 ? row : -1});
                omega.push_back(i % 2 == 0 ? 1.5F : std::nanf(""));
            }
            s.device.guide(target, a, b, guided.data());
            s.device.mix_guidance(a, b, omega.data());
        });
}

TEST(GpuTraining, PosteriorVelocity) {
    if (no_opencl()) return;
    for (const bool noise_at_one : {true, false})
        twice(2e-4, "posterior", [=](Stage& s) {
            OnDevice &z = s.normal(33, 5), &v = s.normal(33, 5), &x = s.normal(2 * 31, 5),
                     &out = s.normal(33, 5);
            std::vector<float> times;
            for (int i = 0; i < 33; ++i) times.push_back(static_cast<float>(i) / 32.0F);
            OnDevice& t = s.given(times, 33);
            s.device.posterior_velocity({z, v, t, x, 31, 12, noise_at_one, out}, s.pool);
        });
}

TEST(GpuTraining, Optimisers) {
    if (no_opencl()) return;
    for (const std::int64_t count : {1, 999, 70001}) {
        twice(1e-6, "adam", [=](Stage& s) {
            OnDevice &w = s.normal(1, count), &m = s.normal(1, count), &v = s.normal(1, count),
                     &g = s.normal(1, count), &average = s.normal(1, count), &other = s.normal(1, count);
            s.device.multiply(v, v, v);
            s.device.adam(w, m, v, g, {0.9F, 0.95F, 0.1F, 0.05F, 1e-2F, 3.0F, 1e-8F, 1e-3F, 0.5F});
            s.device.ema(average, w, 0.01F);
            const Into parts[] = {g, other};
            const double squares = s.device.gather_squares(parts);
            s.given({static_cast<float>(squares)}, 1);
            EXPECT_TRUE(s.device.all_finite(w));
        });
        GpuDevice& gpu = *opencl_here().device;
        for (const float bad : {std::nanf(""), -HUGE_VALF}) {
            Stage s(gpu);
            std::vector<float> values(static_cast<std::size_t>(count), 1.0F);
            values[static_cast<std::size_t>(count / 2)] = bad;
            EXPECT_FALSE(gpu.all_finite(s.given(values, 1)));
        }
    }
}

// Squares that no float holds, and those that are less than any.
TEST(GpuTraining, SquaresOfAnySize) {
    if (no_opencl()) return;
    for (const float size : {3e-38F, 1e-25F, 1e-18F, 1.0F, 1e19F, 1e30F, 2e38F}) {
        twice(1e-5, "squares", [=](Stage& s) {
            OnDevice &x = s.normal(1, 999), &y = s.normal(1, 999), &m = s.normal(24, 20),
                     &g = s.normal(24, 20), &before = s.normal(24, 20), &direction = s.normal(24, 20),
                     &w = s.normal(24, 20);
            for (OnDevice* each : {&x, &y, &m, &g}) s.device.scale(*each, *each, size / 8);
            const Into parts[] = {x, y};
            const double norm = std::sqrt(s.device.gather_squares(parts)) / static_cast<double>(size);
            s.given({static_cast<float>(norm)}, 1);
            EXPECT_TRUE(s.device.all_finite(x));
            const MuonMatrix matrices[] = {{w, m, g, before, direction, 0.02F}};
            std::unique_ptr<MuonMemory> memory;
            s.device.muon_directions(matrices, {0.9F, 0.5F, DType::f32}, memory);
            for (OnDevice* each : {&x, &m}) s.device.scale(*each, *each, 1 / size);
        });
    }
}

// Sums of a whole step keep more digits than a float has.
TEST(GpuTraining, TotalsAreExact) {
    if (no_opencl()) return;
    Stage s(*opencl_here().device);
    OnDevice &total = s.total(), &large = s.given({16777216.0F}, 1), &one = s.given({1}, 1);
    s.device.add_total(total, large);
    for (int i = 0; i < 9; ++i) s.device.add_total(total, one);
    EXPECT_EQ(total.now()[0], 16777225.0);
}

TEST(GpuTraining, Muon) {
    if (no_opencl()) return;
    for (const DType factors : {DType::f32, DType::bf16})
        for (const auto [rows, cols] : {std::array<std::int64_t, 2>{32, 20}, {17, 40}, {24, 24}})
            twice(factors == DType::bf16 ? 0.05 : 2e-4, "muon", [=](Stage& s) {
                OnDevice &w = s.normal(rows, cols), &m = s.normal(rows, cols), &g = s.normal(rows, cols),
                         &before = s.normal(rows, cols), &direction = s.normal(rows, cols);
                OnDevice &still = s.normal(rows, cols), &nothing = s.normal(rows, cols),
                         &none = s.normal(rows, cols), &kept = s.normal(rows, cols),
                         &flat = s.normal(rows, cols);
                for (OnDevice* each : {&nothing, &none}) s.device.fill(*each, 0.0F);
                const MuonMatrix matrices[] = {{w, m, g, before, direction, 0.02F},
                                               {still, nothing, none, kept, flat, 0.02F}};
                std::unique_ptr<MuonMemory> memory;
                s.device.muon_directions(matrices, {0.9F, 0.5F, factors}, memory);
                s.device.muon_step(matrices, 0.99F, *memory);
            });
}

}  // namespace
}  // namespace mf

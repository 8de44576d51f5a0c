// SPDX-License-Identifier: MIT
// The toy of the tutorial: its two networks, one batch, and what a double-precision run of the public code
// computes.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "models/mlp.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "support/golden.hpp"

namespace mf {

/// Every number within `tolerance` of what it should be, as a share of the largest.
inline void expect_near(std::span<const float> got, std::span<const double> want, double tolerance,
                        const std::string& name) {
    ASSERT_EQ(got.size(), want.size()) << name;
    double largest = 0, worst = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        largest = std::max(largest, std::abs(want[i]));
        const double error = std::abs(got[i] - want[i]);
        worst = error <= worst ? worst : error;  // also when it is NaN
    }
    EXPECT_LE(worst, tolerance * largest) << name << ", whose largest number is " << largest;
}

struct Toy {
    Golden golden{"toy_small.safetensors"};
    Team team{1};
    CpuDevice device{team};
    Pool pool;

    /// "mf_net" (z, t, r) or "fm_net" (z, t), packed.
    std::unique_ptr<Mlp> network(const std::string& name, Precision precision = Precision::f32) {
        auto out = std::make_unique<Mlp>(Mlp::Config{.interval = name == "mf_net"});
        for (Param& param : out->params().all())
            std::ranges::copy(golden.at(name + "." + param.name).values, param.value.f32());
        out->params().repack(team, precision);
        return out;
    }
    Tensor tensor(const std::string& name) const {
        const GoldenTensor& from = golden.at(name);
        Tensor out({from.shape[0], from.shape[1]}, DType::f32);
        std::ranges::copy(from.values, out.f32());
        return out;
    }
    Context context(Tape* tape = nullptr, Precision precision = Precision::f32) {
        return {device, pool, tape, precision};
    }
    void expect(const Tensor& got, const std::string& name, double tolerance = 1e-5) const {
        expect_near(got.floats(), golden.at(name).values, tolerance, name);
    }
};

inline Tensor ones(std::int64_t rows) {
    Tensor out({rows, 1}, DType::f32);
    out.fill(1.0F);
    return out;
}

}  // namespace mf

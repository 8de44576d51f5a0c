// SPDX-License-Identifier: MIT
// The same numbers on two devices, what kernels make of them there, and how far that is apart.
#pragma once

#include <cmath>
#include <deque>
#include <vector>

#include <gtest/gtest.h>

#include "core/rng.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/gpu/opencl_here.hpp"
#include "tensor/pool.hpp"
#include "verify/battery/number_checks.hpp"

namespace mf {

/// OnDevice in the memory of a device, with bytes behind them that nothing may write.
class OnDevice {
  public:
    OnDevice(Device& device, const std::vector<float>& values, std::int64_t rows, DType type)
        : device_(device), type_(type), rows_(rows), cols_(static_cast<std::int64_t>(values.size()) / rows) {
        memory_ = device.allocate(bytes() + kGuard);
        std::vector<std::byte> raw(bytes() + kGuard, kPattern);
        for (std::size_t i = 0; i < values.size(); ++i) {
            std::byte* const at = raw.data() + i * size_of(type);
            if (type == DType::bf16)
                put(at, to_bfloat16(values[i]));
            else if (type == DType::f64)
                put(at, static_cast<double>(values[i]));
            else
                put(at, values[i]);
        }
        device.upload(memory_, raw.data(), raw.size());
    }
    ~OnDevice() { device_.release(memory_); }
    OnDevice(const OnDevice&) = delete;
    OnDevice& operator=(const OnDevice&) = delete;

    operator View() const { return {memory_, rows_, cols_, type_}; }  // NOLINT: kernels take views
    operator Into() { return {memory_, rows_, cols_, type_}; }        // NOLINT

    /// It is a total, which a device keeps as it likes.
    void make_total() { is_total_ = true; }

    std::vector<double> now() const {
        std::vector<std::byte> raw(bytes() + kGuard);
        device_.download(raw.data(), memory_, raw.size());
        for (std::size_t i = bytes(); i < raw.size(); ++i)
            if (raw[i] != kPattern) ADD_FAILURE() << device_.name() << " writes behind the end";
        std::vector<double> out(static_cast<std::size_t>(rows_ * cols_));
        if (is_total_) device_.read_totals(out.data(), *this, static_cast<std::int64_t>(out.size()));
        for (std::size_t i = 0; i < out.size() && !is_total_; ++i) {
            const std::byte* const at = raw.data() + i * size_of(type_);
            out[i] = type_ == DType::bf16  ? static_cast<double>(to_float(got<bfloat16>(at)))
                     : type_ == DType::f64 ? got<double>(at)
                                           : static_cast<double>(got<float>(at));
        }
        return out;
    }

  private:
    static constexpr std::size_t kGuard = 256;
    static constexpr std::byte kPattern{0xA5};
    std::size_t bytes() const { return static_cast<std::size_t>(rows_ * cols_) * size_of(type_); }
    template <class T>
    static void put(std::byte* at, T value) {
        std::memcpy(at, &value, sizeof value);
    }
    template <class T>
    static T got(const std::byte* at) {
        T out;
        std::memcpy(&out, at, sizeof out);
        return out;
    }

    Device& device_;
    DType type_;
    std::int64_t rows_, cols_;
    void* memory_;
    bool is_total_ = false;
};

/// One device and the numbers on it, which are the same on every device: of a stream for each in the order of the asking.
struct Stage {
    Device& device;
    Pool pool;
    std::deque<OnDevice> all;

    explicit Stage(Device& on) : device(on), pool(on) {}

    /// Normal numbers.
    OnDevice& normal(std::int64_t rows, std::int64_t cols, DType type = DType::f32) {
        std::vector<float> values(static_cast<std::size_t>(rows * cols));
        Random(77 + all.size(), Stream::sampling).normal_rows(values.data(), rows * cols, 0, 1);
        return all.emplace_back(device, values, rows, type);
    }
    /// A total, 0 at first.
    OnDevice& total() {
        OnDevice& out = all.emplace_back(device, std::vector<float>{0}, 1, DType::f64);
        out.make_total();
        return out;
    }
    OnDevice& given(const std::vector<float>& values, std::int64_t rows, DType type = DType::f32) {
        return all.emplace_back(device, values, rows, type);
    }
};

/// Has `work` done on the CPU and on the GPU; then all numbers are to be
/// |a - b| <= tolerance (1 + max(|b|, root mean square of b)).
template <class Work>
void twice(double tolerance, const char* what, Work&& work) {
    Team team(1);
    CpuDevice cpu(team);
    Stage here(cpu), there(*opencl_here().device);
    work(here);
    work(there);
    for (std::size_t i = 0; i < here.all.size(); ++i) {
        const std::vector<double> wanted = here.all[i].now(), got = there.all[i].now();
        const double size = verify::root_mean_square(wanted);
        double worst = 0;
        for (std::size_t j = 0; j < wanted.size(); ++j) {
            const double off = std::abs(got[j] - wanted[j]) / (1 + std::max(size, std::abs(wanted[j])));
            if (!(off <= worst)) worst = off;
        }
        EXPECT_LE(worst, tolerance) << what << ": operand " << i;
    }
}

inline constexpr std::int64_t kSizes[][2] = {{1, 1}, {31, 33}, {276, 17}, {5, 999}};
/// Of numbers that are rounded to bf16 on both devices: one step of it.
inline constexpr double kStep16 = 1.0 / 128;

}  // namespace mf

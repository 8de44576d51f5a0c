// SPDX-License-Identifier: MIT
#include "ops/device_rate.hpp"

#include <algorithm>
#include <memory>

#include "core/stopwatch.hpp"
#include "tensor/tensor.hpp"

namespace mf {
namespace {

constexpr std::int64_t kSmallest = 256, kLargest = 4096;
constexpr double kEnough = 0.05;  ///< seconds that say something

/// y = x Wᵀ of n by n matrices on the device.
class SquareProduct {
  public:
    SquareProduct(Device& device, std::int64_t n, Precision precision)
        : device_(device),
          pool_(device),
          x_({n, n}, type_of(precision), &pool_),
          w_({n, n}, DType::f32, &pool_),
          y_({n, n}, DType::f32, &pool_) {
        device.fill(w_, 0.25F);
        device.convert(x_, w_);
        const WeightToPrepare weight{
            .value = w_, .scales = {}, .factors = type_of(precision), .kept = &prepared_};
        if (device.prepares(n)) device.prepare({&weight, 1});
    }

    /// Seconds of `times` products, one after the other.
    double seconds(int times) {
        device_.synchronise();
        const Stopwatch watch;
        for (int i = 0; i < times; ++i) device_.linear({x_, y_, {}}, {}, {w_, prepared_.get()});
        device_.synchronise();
        return watch.seconds();
    }

  private:
    static DType type_of(Precision precision) {
        return precision == Precision::bf16 ? DType::bf16 : DType::f32;
    }

    Device& device_;
    Pool pool_;
    Tensor x_, w_, y_;
    std::shared_ptr<PreparedWeight> prepared_;
};

}  // namespace

double measure_gemm_rate(Device& device, Precision precision) {
    double best = 0;
    for (std::int64_t n = kSmallest; n <= kLargest; n *= 2) {
        SquareProduct product(device, n, precision);
        const double work = 2e-9 * static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n);
        (void)product.seconds(1);  // kernels are made, memory is touched
        const double once = product.seconds(1);
        const int times = static_cast<int>(std::clamp(kEnough / std::max(once, 1e-9), 1.0, 64.0));
        best = std::max({best, work / once, work * times / product.seconds(times)});
        // The next is eight times the work, two times for its warm-up.
        if (3 * 8 * once > 0.4) break;
    }
    return best;
}

}  // namespace mf

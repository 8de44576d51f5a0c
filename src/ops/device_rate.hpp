// SPDX-License-Identifier: MIT
// How fast a device multiplies matrices, by its own kernels.
#pragma once

#include "device/device.hpp"
#include "ops/param.hpp"

namespace mf {

/// GFLOP/s of the largest square product (f32, or bf16 factors with f32 sums) that takes a fraction of a second, the best of
/// a few. It takes under a second and less than 300 MiB, besides what making the kernels takes. Error when the device fails.
double measure_gemm_rate(Device& device, Precision precision);

}  // namespace mf

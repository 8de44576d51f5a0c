// SPDX-License-Identifier: MIT
// How fast each op of the catalogue is at the sizes of real networks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "device/device.hpp"
#include "ops/param.hpp"

namespace mf {

/// The fastest of several runs of one pass, with warm caches.
struct PassTiming {
    double ms = 0;
    double gflops = 0;  ///< GFLOP/s
    double gbytes = 0;  ///< GB/s, counting every operand and result once
};

struct OpTiming {
    std::string op, size;  ///< "linear", "64x128_to_128"
    Precision precision;
    PassTiming value;         ///< nothing taped, nothing moves
    PassTiming with_tangent;  ///< value and tangent of all rows together; zero for a loss
    PassTiming adjoint;       ///< gradients of all operands and parameters
    bool lacking = false;     ///< the device has no kernels for it: nothing is timed
};

/// Times the ops whose name contains `filter` (all: ""), in the order of the catalogue; about 30 ms an op and
/// size.
std::vector<OpTiming> time_ops(Device& device, Precision precision, std::string_view filter = {});

}  // namespace mf

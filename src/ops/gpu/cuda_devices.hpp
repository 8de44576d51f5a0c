// SPDX-License-Identifier: MIT
// The CUDA devices of this machine.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ops/gpu/cuda_api.hpp"

namespace mf::cuda {

struct DeviceInfo {
    std::string name;
    std::size_t memory = 0;    ///< bytes
    int major = 0, minor = 0;  ///< compute capability
    int processors = 0;        ///< multiprocessors
    int driver = 0;            ///< the newest CUDA that the driver knows: 12040 is 12.4
    DeviceId id = 0;
};

/// In the order of the driver, which CUDA_VISIBLE_DEVICES changes: the numbers of `--device cuda:i`. Error when the driver
/// does not start or has no device.
std::vector<DeviceInfo> devices(const Api& api);

}  // namespace mf::cuda

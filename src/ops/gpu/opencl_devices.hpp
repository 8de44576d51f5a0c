// SPDX-License-Identifier: MIT
// The OpenCL devices of this machine.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "ops/gpu/opencl_api.hpp"

namespace mf::opencl {

struct DeviceInfo {
    std::string name, platform, driver;
    std::string type;               ///< "gpu", "cpu" or "other"
    std::size_t memory = 0;         ///< bytes
    std::size_t largest_block = 0;  ///< bytes that one allocation can have
    DeviceId id = nullptr;
};

/// Graphics cards first, then all others, each in the order of the platforms: the numbers of `--device opencl:i`.
/// Error when there is no OpenCL here.
std::vector<DeviceInfo> devices(const Api& api);

}  // namespace mf::opencl

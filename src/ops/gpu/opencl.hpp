// SPDX-License-Identifier: MIT
// Graphics cards, and whatever else has a driver with OpenCL.
#pragma once

#include <memory>
#include <vector>

#include "device/device.hpp"
#include "ops/gpu/opencl_devices.hpp"

namespace mf {

/// What `--device opencl:i` can be, in the order of i. Error when there is no OpenCL here.
std::vector<opencl::DeviceInfo> opencl_devices();

/// Device number `index` of these. UsageError when there is none of this number, Error when it cannot be opened.
std::unique_ptr<Device> open_opencl(std::size_t index);

}  // namespace mf

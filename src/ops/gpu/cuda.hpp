// SPDX-License-Identifier: MIT
// Graphics cards of NVIDIA.
#pragma once

#include <memory>
#include <vector>

#include "device/device.hpp"
#include "ops/gpu/cuda_devices.hpp"

namespace mf {

/// What `--device cuda:i` can be, in the order of i. Error when there is no driver here, or no card.
std::vector<cuda::DeviceInfo> cuda_devices();

/// What these devices need and do not find here, a line each; empty: nothing.
std::vector<std::string> cuda_lacks();

/// Device number `index` of these. `tf32`: products of f32 round their factors to TF32. UsageError when there is none of this
/// number, Error when it cannot be opened.
std::unique_ptr<Device> open_cuda(std::size_t index, bool tf32);

}  // namespace mf

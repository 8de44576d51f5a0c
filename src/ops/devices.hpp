// SPDX-License-Identifier: MIT
// Devices by name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/team.hpp"
#include "device/device.hpp"

namespace mf {

/// What a person may write, for screens of help and hints.
inline constexpr const char* kDeviceWords =
    "cpu, opencl, opencl:1 and so on, cuda, cuda:1 and so on ('cuda,tf32' rounds products), or auto";

/// "cpu": the threads of `team`, which must outlive the device; "opencl" or "opencl:i": number i of what has a driver with
/// OpenCL; "cuda" or "cuda:i": number i of NVIDIA's cards, and "cuda,tf32" or "cuda:i,tf32" with products of f32 whose
/// factors are rounded to TF32; "auto": the first card of CUDA that can be opened, then of OpenCL, otherwise the CPU.
/// UsageError for words that name no device that is here.
std::unique_ptr<Device> open_device(const std::string& name, Team& team);

/// A device that open_device knows.
struct DeviceLine {
    std::string name, about;  ///< "opencl:0", and what it is
    std::size_t memory = 0;   ///< bytes of its own; 0: the host's
    std::string driver = {};  ///< what its driver says of itself; empty: there is none
};
/// All of them, the CPU first. `remark`: why there are no others of a kind, or what those that are here lack.
std::vector<DeviceLine> device_lines(std::string& remark);

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "ops/devices.hpp"

#include "core/error.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace mf {

std::unique_ptr<Device> open_device(const std::string& name, Team& team) {
    if (name == "cpu") return std::make_unique<CpuDevice>(team);
    throw UsageError(fmt::format("there is no device '{}'", name), "there is: cpu");
}

}  // namespace mf

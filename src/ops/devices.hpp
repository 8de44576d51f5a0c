// SPDX-License-Identifier: MIT
// Devices by name.
#pragma once

#include <memory>
#include <string>

#include "core/team.hpp"
#include "device/device.hpp"

namespace mf {

/// "cpu": the threads of `team`, which must outlive the device. UsageError for words that name no device that is here.
std::unique_ptr<Device> open_device(const std::string& name, Team& team);

}  // namespace mf

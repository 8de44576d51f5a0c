// SPDX-License-Identifier: MIT
#include "cli/device_option.hpp"

#include <fmt/format.h>

#include "cli/screen.hpp"
#include "core/error.hpp"
#include "ops/devices.hpp"

namespace mf::cli {
namespace {

/// The device's own name; empty: the CPU.
std::string elsewhere(const Invocation& invocation) {
    if (invocation.device() == "cpu") return "";
    Team one(1);
    const std::unique_ptr<Device> device = open_device(invocation.device(), one);
    return device->host_visible() ? "" : device->name();
}

}  // namespace

void remark_on_cpu_parts(const Invocation& invocation, const std::string& parts) {
    if (const std::string name = elsewhere(invocation); !name.empty())
        remark(invocation.quiet(), fmt::format("--device {}: {} on the CPU", name, parts));
}

void need_convolutions(const Invocation& invocation, const std::string& what) {
    if (invocation.device() == "auto") return;
    if (const std::string name = elsewhere(invocation); !name.empty())
        throw UsageError(
            fmt::format("--device {}: {} needs convolutions, for which this device has no kernels", name,
                        what),
            "--device cpu has them");
}

}  // namespace mf::cli

// SPDX-License-Identifier: MIT
#include "ops/devices.hpp"

#include <charconv>
#include <optional>

#include "core/error.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/gpu/opencl.hpp"

namespace mf {
namespace {

/// The number behind "opencl:"; "opencl" alone is number 0.
std::optional<std::size_t> opencl_number(const std::string& name) {
    if (name == "opencl") return 0;
    const std::string before = "opencl:";
    if (!name.starts_with(before)) return std::nullopt;
    std::size_t number = 0;
    const char *begin = name.data() + before.size(), *end = name.data() + name.size();
    const auto [at, error] = std::from_chars(begin, end, number);
    return error == std::errc() && at == end && begin != end ? std::optional(number) : std::nullopt;
}

/// The first graphics card, if any; no OpenCL is no error here.
std::unique_ptr<Device> first_card() {
    try {
        const auto all = opencl_devices();
        if (!all.empty() && all[0].type == "gpu") return open_opencl(0);
    } catch (const Error&) {
        // Then the CPU computes.
    }
    return nullptr;
}

}  // namespace

std::unique_ptr<Device> open_device(const std::string& name, Team& team) {
    if (const auto number = opencl_number(name)) return open_opencl(*number);
    if (name != "cpu" && name != "auto")
        throw UsageError(
            fmt::format("there is no device '{}'", name),
            "cpu, opencl, opencl:1 and so on, or auto; 'meanflow info devices' lists what is here");
    if (name == "auto")
        if (auto card = first_card()) return card;
    return std::make_unique<CpuDevice>(team);
}

std::vector<DeviceLine> device_lines(std::string& remark) {
    std::vector<DeviceLine> out = {{"cpu", fmt::format("{} cores", usable_cores()), 0}};
    try {
        std::size_t number = 0;
        for (const opencl::DeviceInfo& each : opencl_devices())
            out.push_back({fmt::format("opencl:{}", number++),
                           fmt::format("{}, {} ({})", each.name, each.platform, each.type), each.memory});
    } catch (const Error& error) {
        remark = error.what();
    }
    return out;
}

}  // namespace mf

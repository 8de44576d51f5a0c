// SPDX-License-Identifier: MIT
#include "ops/devices.hpp"

#include <charconv>
#include <optional>

#include "core/error.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/gpu/cuda.hpp"
#include "ops/gpu/opencl.hpp"

namespace mf {
namespace {

/// The number behind "opencl:" or "cuda:"; without a number it is 0.
std::optional<std::size_t> number_behind(const std::string& kind, std::string_view name) {
    if (name == kind) return 0;
    if (!name.starts_with(kind + ":")) return std::nullopt;
    std::size_t number = 0;
    const char *begin = name.data() + kind.size() + 1, *end = name.data() + name.size();
    const auto [at, error] = std::from_chars(begin, end, number);
    return error == std::errc() && at == end && begin != end ? std::optional(number) : std::nullopt;
}

/// The first graphics card that can be opened, if any; that there is none is no error here.
std::unique_ptr<Device> first_card() {
    try {
        return open_cuda(0, false);
    } catch (const Error&) {
        // Then OpenCL may have one.
    }
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
    if (const auto number = number_behind("opencl", name)) return open_opencl(*number);
    const std::string_view tf32 = ",tf32";
    const bool rounds = name.ends_with(tf32);
    const std::string_view card = std::string_view(name).substr(0, name.size() - (rounds ? tf32.size() : 0));
    if (const auto number = number_behind("cuda", card)) return open_cuda(*number, rounds);
    if (name != "cpu" && name != "auto")
        throw UsageError(fmt::format("there is no device '{}'", name),
                         fmt::format("{}; 'meanflow info devices' lists what is here", kDeviceWords));
    if (name == "auto")
        if (auto card = first_card()) return card;
    return std::make_unique<CpuDevice>(team);
}

std::vector<DeviceLine> device_lines(std::string& remark) {
    std::vector<DeviceLine> out = {{"cpu", fmt::format("{} cores", usable_cores()), 0}};
    const auto remarks = [&](const std::string& line) { remark += (remark.empty() ? "" : "; ") + line; };
    try {
        std::size_t number = 0;
        for (const cuda::DeviceInfo& each : cuda_devices())
            out.push_back({fmt::format("cuda:{}", number++),
                           fmt::format("{}, compute capability {}.{}, untested on hardware", each.name,
                                       each.major, each.minor),
                           each.memory,
                           fmt::format("of CUDA {}.{}", each.driver / 1000, each.driver % 1000 / 10)});
        for (const std::string& each : cuda_lacks()) remarks(each);
    } catch (const Error& error) {
        remarks(error.what());
    }
    try {
        std::size_t number = 0;
        for (const opencl::DeviceInfo& each : opencl_devices())
            out.push_back({fmt::format("opencl:{}", number++),
                           fmt::format("{}, {} ({})", each.name, each.platform, each.type), each.memory,
                           each.driver});
    } catch (const Error& error) {
        remarks(error.what());
    }
    return out;
}

}  // namespace mf

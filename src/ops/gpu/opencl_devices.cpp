// SPDX-License-Identifier: MIT
#include "ops/gpu/opencl_devices.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace mf::opencl {
namespace {

/// Of getters of text: without the zero at the end, and blanks around.
template <class Getter>
std::string text_of(Getter&& get) {
    std::size_t size = 0;
    if (get(0, nullptr, &size) != kSuccess) return "?";
    std::string out(size, '\0');
    if (get(size, out.data(), nullptr) != kSuccess) return "?";
    const auto blank = [](char c) { return c == '\0' || c == ' '; };
    while (!out.empty() && blank(out.back())) out.pop_back();
    out.erase(out.begin(), std::ranges::find_if_not(out, blank));
    return out;
}

template <class Number>
Number number_of(const Api& api, DeviceId id, std::uint32_t what) {
    Number out{};
    return api.clGetDeviceInfo(id, what, sizeof out, &out, nullptr) == kSuccess ? out : Number{};
}

DeviceInfo described(const Api& api, Platform platform, DeviceId id) {
    const auto text = [&](std::uint32_t what) {
        return text_of([&](std::size_t size, void* to, std::size_t* needed) {
            return api.clGetDeviceInfo(id, what, size, to, needed);
        });
    };
    const auto type = number_of<Bits>(api, id, info::device_type);
    DeviceInfo out;
    out.name = text(info::name);
    out.driver = text(info::driver);
    out.platform = text_of([&](std::size_t size, void* to, std::size_t* needed) {
        return api.clGetPlatformInfo(platform, info::platform_name, size, to, needed);
    });
    out.type = (type & kGpu) != 0 ? "gpu" : (type & kCpu) != 0 ? "cpu" : "other";
    out.memory = number_of<std::uint64_t>(api, id, info::memory_bytes);
    out.largest_block = number_of<std::uint64_t>(api, id, info::most_allocation);
    out.id = id;
    return out;
}

}  // namespace

std::vector<DeviceInfo> devices(const Api& api) {
    std::uint32_t count = 0;
    const Code code = api.clGetPlatformIDs(0, nullptr, &count);
    if (code != kSuccess || count == 0)
        throw Error(fmt::format("[opencl] no driver is installed ({})",
                                code != kSuccess ? name_of(code) : "its loader lists no platform"),
                    "the driver of a graphics card brings OpenCL; pocl-opencl-icd is one for the CPU");
    std::vector<Platform> platforms(count);
    check(api.clGetPlatformIDs(count, platforms.data(), nullptr) == kSuccess,
          "[opencl] platforms cannot be listed");
    std::vector<DeviceInfo> out;
    for (const Platform platform : platforms) {
        std::uint32_t here = 0;
        if (api.clGetDeviceIDs(platform, kAnyDevice, 0, nullptr, &here) != kSuccess || here == 0) continue;
        std::vector<DeviceId> ids(here);
        if (api.clGetDeviceIDs(platform, kAnyDevice, here, ids.data(), nullptr) != kSuccess) continue;
        for (const DeviceId id : ids) out.push_back(described(api, platform, id));
    }
    std::stable_partition(out.begin(), out.end(),
                          [](const DeviceInfo& device) { return device.type == "gpu"; });
    return out;
}

}  // namespace mf::opencl

// SPDX-License-Identifier: MIT
#include "ops/gpu/cuda_devices.hpp"

#include <array>

namespace mf::cuda {
namespace {

const std::string kPlace = "cuda";

int attribute_of(const Api& api, DeviceId id, int attribute) {
    int out = 0;
    const Code code = api.cuDeviceGetAttribute(&out, attribute, id);
    if (code != kSuccess) throw error_of(api, kPlace, "an attribute of a device cannot be read", code);
    return out;
}

DeviceInfo described(const Api& api, int index, int driver) {
    DeviceInfo out;
    std::array<char, 256> name{};
    Code code = api.cuDeviceGet(&out.id, index);
    if (code == kSuccess) code = api.cuDeviceGetName(name.data(), static_cast<int>(name.size()) - 1, out.id);
    if (code == kSuccess) code = api.cuDeviceTotalMem(&out.memory, out.id);
    if (code != kSuccess)
        throw error_of(api, kPlace, fmt::format("device {} cannot be asked for its name and memory", index),
                       code);
    out.name = name.data();
    out.major = attribute_of(api, out.id, kCapabilityMajor);
    out.minor = attribute_of(api, out.id, kCapabilityMinor);
    out.processors = attribute_of(api, out.id, kProcessors);
    out.driver = driver;
    return out;
}

}  // namespace

std::vector<DeviceInfo> devices(const Api& api) {
    Code code = api.cuInit(0);
    if (code == kNoDevice) throw error_of(api, kPlace, "there is no CUDA device here", code);
    if (code != kSuccess) throw error_of(api, kPlace, "NVIDIA's driver does not start", code);
    int driver = 0, count = 0;
    code = api.cuDriverGetVersion(&driver);
    if (code == kSuccess) code = api.cuDeviceGetCount(&count);
    if (code != kSuccess) throw error_of(api, kPlace, "its devices cannot be counted", code);
    if (count == 0) throw error_of(api, kPlace, "there is no CUDA device here", kNoDevice);
    std::vector<DeviceInfo> out;
    for (int i = 0; i < count; ++i) out.push_back(described(api, i, driver));
    return out;
}

}  // namespace mf::cuda

// SPDX-License-Identifier: MIT
#include "ops/gpu/cuda_api.hpp"

#include <algorithm>

#include "ops/gpu/shared_library.hpp"

namespace mf::cuda {
namespace {

constexpr const char* kNewerDriver = "a newer driver of NVIDIA is needed; nvidia-smi shows which one is here";
constexpr const char* kLost =
    "nothing more can run on it in this process; what was saved is whole, and train --resume goes on from "
    "there";

struct CodeHint {
    Code first, last;
    const char* hint;
};

constexpr CodeHint kHints[] = {
    {kNoMemory, kNoMemory, "fewer rows at a time need less"},
    {3, 3, "the driver does not start; the kernel's log may say why"},
    {34, 34, "the libcuda.so.1 that was found is the toolkit's stub; the driver's own has to come before it"},
    {36, 36, kNewerDriver},
    {46, 46, "another process may have it for itself; nvidia-smi shows it"},
    {kNoDevice, kNoDevice, "CUDA_VISIBLE_DEVICES may hide it; nvidia-smi lists what the driver sees"},
    {200, 200, kNewerDriver},  // programs that it does not know
    {209, 209, kNewerDriver},
    {214, 214, kLost},
    {218, 218, kNewerDriver},
    {220, 220, kLost},
    {222, 223, kNewerDriver},
    {kIllegalAddress, kIllegalAddress, kLost},
    {702, 702, kLost},
    {709, 710, kLost},
    {714, 719, kLost},
    {802, 802, "the machine's cards are still being set up (nvidia-fabricmanager)"},
    {803, 804, "driver and kernel module are of different versions; a restart of the machine may mend it"},
    {999, 999, "the driver itself failed; the kernel's log may say why"},
};

}  // namespace

Api load_api() {
    const SharedLibrary library("libcuda.so.1",
                                "it comes with NVIDIA's driver for graphics cards; --device cpu needs none");
    Api api{};
    library.find(api.cuInit, "cuInit");
    library.find(api.cuDriverGetVersion, "cuDriverGetVersion");
    library.find(api.cuGetErrorName, "cuGetErrorName");
    library.find(api.cuDeviceGetCount, "cuDeviceGetCount");
    library.find(api.cuDeviceGet, "cuDeviceGet");
    library.find(api.cuDeviceGetName, "cuDeviceGetName");
    library.find(api.cuDeviceTotalMem, "cuDeviceTotalMem_v2");
    library.find(api.cuDeviceGetAttribute, "cuDeviceGetAttribute");
    library.find(api.cuDevicePrimaryCtxRetain, "cuDevicePrimaryCtxRetain");
    library.find(api.cuDevicePrimaryCtxRelease, "cuDevicePrimaryCtxRelease_v2");
    library.find(api.cuCtxPushCurrent, "cuCtxPushCurrent_v2");
    library.find(api.cuCtxPopCurrent, "cuCtxPopCurrent_v2");
    library.find(api.cuStreamCreate, "cuStreamCreate");
    library.find(api.cuStreamDestroy, "cuStreamDestroy_v2");
    library.find(api.cuStreamSynchronize, "cuStreamSynchronize");
    library.find(api.cuEventCreate, "cuEventCreate");
    library.find(api.cuEventDestroy, "cuEventDestroy_v2");
    library.find(api.cuEventRecord, "cuEventRecord");
    library.find(api.cuEventSynchronize, "cuEventSynchronize");
    library.find(api.cuMemAlloc, "cuMemAlloc_v2");
    library.find(api.cuMemFree, "cuMemFree_v2");
    library.find(api.cuMemAllocHost, "cuMemAllocHost_v2");
    library.find(api.cuMemFreeHost, "cuMemFreeHost");
    library.find(api.cuMemcpyHtoDAsync, "cuMemcpyHtoDAsync_v2");
    library.find(api.cuMemcpyDtoHAsync, "cuMemcpyDtoHAsync_v2");
    library.find(api.cuMemcpyDtoDAsync, "cuMemcpyDtoDAsync_v2");
    library.find(api.cuMemsetD8Async, "cuMemsetD8Async");
    library.find(api.cuMemsetD32Async, "cuMemsetD32Async");
    library.find(api.cuModuleLoadData, "cuModuleLoadData");
    library.find(api.cuModuleUnload, "cuModuleUnload");
    library.find(api.cuModuleGetFunction, "cuModuleGetFunction");
    library.find(api.cuLaunchKernel, "cuLaunchKernel");
    return api;
}

std::string name_of(const Api& api, Code code) {
    const char* name = nullptr;
    if (api.cuGetErrorName(code, &name) != kSuccess || name == nullptr) name = "an unknown code of CUDA";
    return fmt::format("{} ({})", name, code);
}

Error error_of(const Api& api, const std::string& place, const std::string& what, Code code) {
    const auto* const found = std::ranges::find_if(
        kHints, [code](const CodeHint& each) { return each.first <= code && code <= each.last; });
    return Error(fmt::format("[{}] {}: {}", place, what, name_of(api, code)),
                 found != std::end(kHints) ? found->hint : "");
}

}  // namespace mf::cuda

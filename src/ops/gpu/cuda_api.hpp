// SPDX-License-Identifier: MIT
// The part of CUDA's driver API that is used here, declared so that nothing of CUDA is needed to build. The library comes
// with NVIDIA's driver and is opened when it is first asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/error.hpp"

namespace mf::cuda {

struct ContextObject;
struct StreamObject;
struct EventObject;
struct ModuleObject;
struct FunctionObject;
using ContextHandle = ContextObject*;
using Stream = StreamObject*;
using Event = EventObject*;
using Module = ModuleObject*;
using Function = FunctionObject*;
using Address = std::uint64_t;  ///< CUdeviceptr: memory of the device
using DeviceId = int;
using Code = int;  ///< CUresult, 0: success

// Numbers of cuda.h.
inline constexpr Code kSuccess = 0, kNoMemory = 2, kNoDevice = 100, kIllegalAddress = 700;
inline constexpr unsigned kStreamOnItsOwn =
    1;  ///< it does not wait for the stream that others have by default
inline constexpr unsigned kEventWithoutTime = 2;
inline constexpr int kProcessors = 16, kCapabilityMajor = 75, kCapabilityMinor = 76;  ///< attributes

/// The functions of libcuda, by the names of cuda.h; the library has some with a version behind the name. Tests put others
/// in their places.
struct Api {
    Code (*cuInit)(unsigned);
    Code (*cuDriverGetVersion)(int*);
    Code (*cuGetErrorName)(Code, const char**);
    Code (*cuDeviceGetCount)(int*);
    Code (*cuDeviceGet)(DeviceId*, int);
    Code (*cuDeviceGetName)(char*, int, DeviceId);
    Code (*cuDeviceTotalMem)(std::size_t*, DeviceId);
    Code (*cuDeviceGetAttribute)(int*, int, DeviceId);
    Code (*cuDevicePrimaryCtxRetain)(ContextHandle*, DeviceId);
    Code (*cuDevicePrimaryCtxRelease)(DeviceId);
    Code (*cuCtxPushCurrent)(ContextHandle);
    Code (*cuCtxPopCurrent)(ContextHandle*);
    Code (*cuStreamCreate)(Stream*, unsigned);
    Code (*cuStreamDestroy)(Stream);
    Code (*cuStreamSynchronize)(Stream);
    Code (*cuEventCreate)(Event*, unsigned);
    Code (*cuEventDestroy)(Event);
    Code (*cuEventRecord)(Event, Stream);
    Code (*cuEventSynchronize)(Event);
    Code (*cuMemAlloc)(Address*, std::size_t);
    Code (*cuMemFree)(Address);
    Code (*cuMemAllocHost)(void**, std::size_t);
    Code (*cuMemFreeHost)(void*);
    Code (*cuMemcpyHtoDAsync)(Address, const void*, std::size_t, Stream);
    Code (*cuMemcpyDtoHAsync)(void*, Address, std::size_t, Stream);
    Code (*cuMemcpyDtoDAsync)(Address, Address, std::size_t, Stream);
    Code (*cuMemsetD8Async)(Address, unsigned char, std::size_t, Stream);
    Code (*cuMemsetD32Async)(Address, unsigned, std::size_t, Stream);
    Code (*cuModuleLoadData)(Module*, const void*);
    Code (*cuModuleUnload)(Module);
    Code (*cuModuleGetFunction)(Function*, Module, const char*);
    Code (*cuLaunchKernel)(Function, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                           Stream, void**, void**);
};

/// Opens libcuda. Error when it, or a function of it, is not there.
Api load_api();

/// "CUDA_ERROR_ILLEGAL_ADDRESS (700)", as the driver calls it.
std::string name_of(const Api& api, Code code);

/// The error of what did not go well at `place`: what, the name of the code, and what may help.
Error error_of(const Api& api, const std::string& place, const std::string& what, Code code);

}  // namespace mf::cuda

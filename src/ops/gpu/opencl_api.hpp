// SPDX-License-Identifier: MIT
// The part of OpenCL 1.2 that is used here, declared so that nothing of OpenCL is needed to build. The library is opened
// when it is first asked for.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mf::opencl {

struct PlatformObject;
struct DeviceObject;
struct ContextObject;
struct QueueObject;
struct MemoryObject;
struct ProgramObject;
struct KernelObject;
struct EventObject;
using Platform = PlatformObject*;
using DeviceId = DeviceObject*;
using ClContext = ContextObject*;
using Queue = QueueObject*;
using Memory = MemoryObject*;
using Program = ProgramObject*;
using Kernel = KernelObject*;
using Event = EventObject*;
using Code = std::int32_t;   ///< 0: success
using Flag = std::uint32_t;  ///< cl_bool
using Bits = std::uint64_t;  ///< cl_bitfield

// Numbers of the standard's cl.h.
inline constexpr Code kSuccess = 0, kDeviceNotAvailable = -2, kNoMemory = -4, kNoResources = -5,
                      kNoHostMemory = -6, kFailedBefore = -14, kInvalidBufferSize = -61;
inline constexpr Bits kAnyDevice = 0xFFFFFFFF, kCpu = 2, kGpu = 4;
inline constexpr Bits kReadWrite = 1;
namespace info {
inline constexpr std::uint32_t device_type = 0x1000, most_group_items = 0x1004, most_allocation = 0x1010,
                               memory_bytes = 0x101F, local_bytes = 0x1023, name = 0x102B, vendor = 0x102C,
                               driver = 0x102D, version = 0x102F, available = 0x1027, compute_units = 0x1002;
inline constexpr std::uint32_t platform_name = 0x0902;
inline constexpr std::uint32_t binary_sizes = 0x1165, binaries = 0x1166, build_log = 0x1183;
}  // namespace info

/// The functions of libOpenCL. Tests put others in their places.
struct Api {
    Code (*clGetPlatformIDs)(std::uint32_t, Platform*, std::uint32_t*);
    Code (*clGetPlatformInfo)(Platform, std::uint32_t, std::size_t, void*, std::size_t*);
    Code (*clGetDeviceIDs)(Platform, Bits, std::uint32_t, DeviceId*, std::uint32_t*);
    Code (*clGetDeviceInfo)(DeviceId, std::uint32_t, std::size_t, void*, std::size_t*);
    ClContext (*clCreateContext)(const std::intptr_t*, std::uint32_t, const DeviceId*, void*, void*, Code*);
    Code (*clReleaseContext)(ClContext);
    Queue (*clCreateCommandQueue)(ClContext, DeviceId, Bits, Code*);
    Code (*clReleaseCommandQueue)(Queue);
    Memory (*clCreateBuffer)(ClContext, Bits, std::size_t, void*, Code*);
    Code (*clReleaseMemObject)(Memory);
    Program (*clCreateProgramWithSource)(ClContext, std::uint32_t, const char**, const std::size_t*, Code*);
    Program (*clCreateProgramWithBinary)(ClContext, std::uint32_t, const DeviceId*, const std::size_t*,
                                         const unsigned char**, Code*, Code*);
    Code (*clBuildProgram)(Program, std::uint32_t, const DeviceId*, const char*, void*, void*);
    Code (*clGetProgramInfo)(Program, std::uint32_t, std::size_t, void*, std::size_t*);
    Code (*clGetProgramBuildInfo)(Program, DeviceId, std::uint32_t, std::size_t, void*, std::size_t*);
    Code (*clReleaseProgram)(Program);
    Kernel (*clCreateKernel)(Program, const char*, Code*);
    Code (*clReleaseKernel)(Kernel);
    Code (*clSetKernelArg)(Kernel, std::uint32_t, std::size_t, const void*);
    Code (*clEnqueueNDRangeKernel)(Queue, Kernel, std::uint32_t, const std::size_t*, const std::size_t*,
                                   const std::size_t*, std::uint32_t, const Event*, Event*);
    Code (*clEnqueueWriteBuffer)(Queue, Memory, Flag, std::size_t, std::size_t, const void*, std::uint32_t,
                                 const Event*, Event*);
    Code (*clEnqueueReadBuffer)(Queue, Memory, Flag, std::size_t, std::size_t, void*, std::uint32_t,
                                const Event*, Event*);
    Code (*clEnqueueCopyBuffer)(Queue, Memory, Memory, std::size_t, std::size_t, std::size_t, std::uint32_t,
                                const Event*, Event*);
    Code (*clEnqueueFillBuffer)(Queue, Memory, const void*, std::size_t, std::size_t, std::size_t,
                                std::uint32_t, const Event*, Event*);
    Code (*clFlush)(Queue);
    Code (*clFinish)(Queue);
};

/// Opens libOpenCL. Error when it, or a function of it, is not there.
Api load_api();

/// "CL_OUT_OF_RESOURCES (-5)".
const char* name_of(Code code);

}  // namespace mf::opencl

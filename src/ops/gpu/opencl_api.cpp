// SPDX-License-Identifier: MIT
#include "ops/gpu/opencl_api.hpp"

#include <algorithm>
#include <array>

#include "ops/gpu/shared_library.hpp"

namespace mf::opencl {
namespace {

struct CodeName {
    Code code;
    const char* name;
};

constexpr CodeName kNames[] = {
    {-1, "CL_DEVICE_NOT_FOUND (-1)"},
    {-2, "CL_DEVICE_NOT_AVAILABLE (-2)"},
    {-3, "CL_COMPILER_NOT_AVAILABLE (-3)"},
    {-4, "CL_MEM_OBJECT_ALLOCATION_FAILURE (-4)"},
    {-5, "CL_OUT_OF_RESOURCES (-5)"},
    {-6, "CL_OUT_OF_HOST_MEMORY (-6)"},
    {-9, "CL_IMAGE_FORMAT_MISMATCH (-9)"},
    {-11, "CL_BUILD_PROGRAM_FAILURE (-11)"},
    {-14, "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST (-14)"},
    {-30, "CL_INVALID_VALUE (-30)"},
    {-33, "CL_INVALID_DEVICE (-33)"},
    {-34, "CL_INVALID_CONTEXT (-34)"},
    {-36, "CL_INVALID_COMMAND_QUEUE (-36)"},
    {-38, "CL_INVALID_MEM_OBJECT (-38)"},
    {-42, "CL_INVALID_BINARY (-42)"},
    {-43, "CL_INVALID_BUILD_OPTIONS (-43)"},
    {-44, "CL_INVALID_PROGRAM (-44)"},
    {-45, "CL_INVALID_PROGRAM_EXECUTABLE (-45)"},
    {-46, "CL_INVALID_KERNEL_NAME (-46)"},
    {-48, "CL_INVALID_KERNEL (-48)"},
    {-49, "CL_INVALID_ARG_INDEX (-49)"},
    {-50, "CL_INVALID_ARG_VALUE (-50)"},
    {-51, "CL_INVALID_ARG_SIZE (-51)"},
    {-52, "CL_INVALID_KERNEL_ARGS (-52)"},
    {-54, "CL_INVALID_WORK_GROUP_SIZE (-54)"},
    {-55, "CL_INVALID_WORK_ITEM_SIZE (-55)"},
    {-61, "CL_INVALID_BUFFER_SIZE (-61)"},
    {-1001, "CL_PLATFORM_NOT_FOUND_KHR (-1001)"},
};

}  // namespace

const char* name_of(Code code) {
    const auto* const found = std::ranges::find(kNames, code, &CodeName::code);
    return found != std::end(kNames) ? found->name : "an unknown code of OpenCL";
}

Api load_api() {
    const SharedLibrary library("libOpenCL.so.1",
                                "OpenCL comes with the driver of a graphics card and a loader (Debian: "
                                "ocl-icd-libopencl1); --device cpu "
                                "needs neither");
    Api api{};
    library.find(api.clGetPlatformIDs, "clGetPlatformIDs");
    library.find(api.clGetPlatformInfo, "clGetPlatformInfo");
    library.find(api.clGetDeviceIDs, "clGetDeviceIDs");
    library.find(api.clGetDeviceInfo, "clGetDeviceInfo");
    library.find(api.clCreateContext, "clCreateContext");
    library.find(api.clReleaseContext, "clReleaseContext");
    library.find(api.clCreateCommandQueue, "clCreateCommandQueue");
    library.find(api.clReleaseCommandQueue, "clReleaseCommandQueue");
    library.find(api.clCreateBuffer, "clCreateBuffer");
    library.find(api.clReleaseMemObject, "clReleaseMemObject");
    library.find(api.clCreateProgramWithSource, "clCreateProgramWithSource");
    library.find(api.clCreateProgramWithBinary, "clCreateProgramWithBinary");
    library.find(api.clBuildProgram, "clBuildProgram");
    library.find(api.clGetProgramInfo, "clGetProgramInfo");
    library.find(api.clGetProgramBuildInfo, "clGetProgramBuildInfo");
    library.find(api.clReleaseProgram, "clReleaseProgram");
    library.find(api.clCreateKernel, "clCreateKernel");
    library.find(api.clReleaseKernel, "clReleaseKernel");
    library.find(api.clSetKernelArg, "clSetKernelArg");
    library.find(api.clEnqueueNDRangeKernel, "clEnqueueNDRangeKernel");
    library.find(api.clEnqueueWriteBuffer, "clEnqueueWriteBuffer");
    library.find(api.clEnqueueReadBuffer, "clEnqueueReadBuffer");
    library.find(api.clEnqueueCopyBuffer, "clEnqueueCopyBuffer");
    library.find(api.clEnqueueFillBuffer, "clEnqueueFillBuffer");
    library.find(api.clFlush, "clFlush");
    library.find(api.clFinish, "clFinish");
    return api;
}

}  // namespace mf::opencl

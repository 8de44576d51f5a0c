// SPDX-License-Identifier: MIT
// The OpenCL device that tests run on: the first one of this machine, opened once.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "ops/gpu/gpu_device.hpp"
#include "ops/gpu/opencl_driver.hpp"

namespace mf {

struct OpenClHere {
    std::optional<opencl::Api> api;  ///< none: OpenCL is not installed here
    std::unique_ptr<GpuDevice> device;
    opencl::Driver& driver() const { return static_cast<opencl::Driver&>(device->driver()); }
};

/// Our own products, so that a test knows what it tests.
inline OpenClHere open_here(opencl::DriverOptions options = {}) {
    OpenClHere out;
    try {
        out.api = opencl::load_api();
        if (opencl::devices(*out.api).empty()) out.api.reset();
    } catch (const Error&) {
        out.api.reset();
    }
    if (out.api)
        out.device = std::make_unique<GpuDevice>(std::make_unique<opencl::Driver>(*out.api, 0, options));
    return out;
}

inline OpenClHere& opencl_here() {
    static OpenClHere here = open_here({.library_products = false});
    return here;
}

/// True where there is no OpenCL to run a test on. It says so, and is a failure where MF_TESTS_WANT_OPENCL is set.
inline bool no_opencl() {
    if (opencl_here().api) return false;
    if (std::getenv("MF_TESTS_WANT_OPENCL") != nullptr)
        ADD_FAILURE() << "no OpenCL device is installed here (Debian: pocl-opencl-icd)";
    else
        std::printf("not run: no OpenCL device is installed here (Debian: pocl-opencl-icd)\n");
    return true;
}

}  // namespace mf

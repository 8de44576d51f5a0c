// SPDX-License-Identifier: MIT
#include "ops/gpu/opencl.hpp"

#include "ops/gpu/gpu_device.hpp"
#include "ops/gpu/opencl_driver.hpp"

namespace mf {

std::vector<opencl::DeviceInfo> opencl_devices() { return opencl::devices(opencl::load_api()); }

std::unique_ptr<Device> open_opencl(std::size_t index) {
    return std::make_unique<GpuDevice>(
        std::make_unique<opencl::Driver>(opencl::load_api(), index, opencl::DriverOptions{}));
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "ops/gpu/cuda.hpp"

#include "ops/gpu/cuda_driver.hpp"
#include "ops/gpu/gpu_device.hpp"

namespace mf {

std::vector<cuda::DeviceInfo> cuda_devices() { return cuda::devices(cuda::load_api()); }

std::vector<std::string> cuda_lacks() {
    const int version = cuda::devices(cuda::load_api())[0].driver;
    std::vector<std::string> out;
    try {
        cuda::load_nvrtc(version);
    } catch (const Error& error) {
        out.push_back(fmt::format("{} ({})", error.what(), error.hint()));
    }
    if (!cuda::load_blas(version))
        out.emplace_back(
            "[libcublasLt.so.12] is not here, so that a plain kernel multiplies ('pip install "
            "nvidia-cublas-cu12', with its "
            "folder in LD_LIBRARY_PATH)");
    return out;
}

std::unique_ptr<Device> open_cuda(std::size_t index, bool tf32) {
    const cuda::Api api = cuda::load_api();
    const int version = cuda::devices(api)[0].driver;
    const cuda::Libraries libraries{api, cuda::load_nvrtc(version), cuda::load_blas(version)};
    cuda::DriverOptions options;
    options.tf32 = tf32;
    return std::make_unique<GpuDevice>(std::make_unique<cuda::Driver>(libraries, index, options));
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <unordered_map>

#include "ops/gpu/cublaslt.hpp"
#include "ops/gpu/cuda_context.hpp"
#include "ops/gpu/cuda_devices.hpp"
#include "ops/gpu/cuda_programs.hpp"
#include "ops/gpu/cuda_staging.hpp"
#include "ops/gpu/gpu_driver.hpp"

namespace mf::cuda {

/// What the CUDA device is made of, none of which is needed to build.
struct Libraries {
    Api driver;
    NvrtcApi compiler;
    std::optional<BlasApi> products;  ///< none: the kernels of this program multiply
};

struct DriverOptions {
    bool tf32 = false;             ///< products of f32 round their factors to TF32
    std::size_t memory_limit = 0;  ///< bytes that may be in use; 0: the memory of the device
    std::filesystem::path programs =
        gpu::cache_folder("cuda");  ///< where compiled programs are kept; empty: nowhere
};

/// One device with one stream: what is asked for is done in order.
class Driver final : public GpuDriver {
  public:
    /// `index`: of devices(). UsageError when there is no such device, Error when it cannot be opened.
    Driver(const Libraries& libraries, std::size_t index, const DriverOptions& options);
    ~Driver() override;
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    const DeviceInfo& about() const { return about_; }
    int compiled_programs() const { return programs_.compiled(); }
    std::size_t used_bytes() const { return used_; }

    std::string name() const override { return name_; }
    void* allocate(std::size_t bytes) override;
    void release(void* memory) override;
    void upload(void* to, const void* from, std::size_t bytes) override;
    void download(void* to, const void* from, std::size_t bytes) override;
    void copy(void* to, const void* from, std::size_t bytes) override;
    void zero(void* memory, std::size_t bytes) override;
    void synchronise() override;
    void launch(const KernelCall& call, std::span<const KernelArgument> arguments) override;
    bool multiply(const MatrixProduct& product) override;

  private:
    DeviceInfo about_;
    std::string name_;
    std::size_t memory_limit_, used_ = 0;
    Context context_;
    Staging staging_;
    Programs programs_;
    std::unique_ptr<Products> products_;
    void* workspace_ = nullptr;
    std::unordered_map<void*, std::size_t> blocks_;  ///< bytes of each
};

}  // namespace mf::cuda

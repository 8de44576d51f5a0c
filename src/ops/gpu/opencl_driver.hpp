// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "ops/gpu/address_book.hpp"
#include "ops/gpu/clblast.hpp"
#include "ops/gpu/gpu_driver.hpp"
#include "ops/gpu/opencl_devices.hpp"
#include "ops/gpu/program_store.hpp"

namespace mf::opencl {

struct DriverOptions {
    bool library_products = true;  ///< by CLBlast, where it is there
    std::size_t memory_limit = 0;  ///< bytes that may be in use; 0: the memory of the device
    std::filesystem::path programs =
        gpu::cache_folder("opencl");  ///< where compiled programs are kept; empty: nowhere
};

/// One device with one queue: what is asked for is done in order.
class Driver final : public GpuDriver {
  public:
    /// `index`: of devices(); `api` is kept. Error when there is no such device or it cannot be opened.
    Driver(const Api& api, std::size_t index, const DriverOptions& options);
    ~Driver() override;
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    const DeviceInfo& about() const { return about_; }
    int compiled_programs() const { return programs_->compiled(); }
    std::size_t used_bytes() const { return book_.total_bytes(); }

    std::string name() const override { return place_; }
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
    /// Throws when `code` is not success. `bytes`: what was asked for, where it is memory.
    void succeed(Code code, const char* what, std::size_t bytes = 0) const;
    const void* staged(const void* from, std::size_t bytes);
    BlastFactor factor(const Factor& x) const;

    Api api_;
    std::string place_;
    DeviceInfo about_;
    std::size_t memory_limit_;
    ClContext context_ = nullptr;
    Queue queue_ = nullptr;
    AddressBook book_;
    std::unique_ptr<ProgramStore> programs_;
    std::unique_ptr<ClBlast> blast_;
    std::vector<std::byte> staging_;  ///< copies of what is on its way to the device
    std::size_t staged_ = 0;
};

}  // namespace mf::opencl

// SPDX-License-Identifier: MIT
// A driver that counts what another one does.
#pragma once

#include <memory>
#include <utility>

#include "device/traffic.hpp"
#include "ops/gpu/gpu_driver.hpp"

namespace mf {

class CountedDriver final : public GpuDriver {
  public:
    explicit CountedDriver(std::unique_ptr<GpuDriver> driver) : driver_(std::move(driver)) {}

    GpuDriver& counted() { return *driver_; }
    const Traffic& traffic() const { return traffic_; }

    std::string name() const override { return driver_->name(); }
    void* allocate(std::size_t bytes) override { return driver_->allocate(bytes); }
    void release(void* memory) override { driver_->release(memory); }
    void upload(void* to, const void* from, std::size_t bytes) override {
        ++traffic_.uploads, traffic_.uploaded_bytes += bytes;
        driver_->upload(to, from, bytes);
    }
    void download(void* to, const void* from, std::size_t bytes) override {
        ++traffic_.downloads, traffic_.downloaded_bytes += bytes;
        driver_->download(to, from, bytes);
    }
    void copy(void* to, const void* from, std::size_t bytes) override {
        ++traffic_.fills;
        driver_->copy(to, from, bytes);
    }
    void zero(void* memory, std::size_t bytes) override {
        ++traffic_.fills;
        driver_->zero(memory, bytes);
    }
    void synchronise() override { driver_->synchronise(); }
    void launch(const KernelCall& call, std::span<const KernelArgument> arguments) override {
        ++traffic_.launches;
        driver_->launch(call, arguments);
    }
    bool multiply(const MatrixProduct& product) override {
        const bool done = driver_->multiply(product);
        traffic_.products += done ? 1 : 0;
        return done;
    }

  private:
    std::unique_ptr<GpuDriver> driver_;
    Traffic traffic_;
};

}  // namespace mf

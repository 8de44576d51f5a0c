// SPDX-License-Identifier: MIT
#include "ops/gpu/gpu_device.hpp"

#include <utility>

namespace mf {

GpuDevice::GpuDevice(std::unique_ptr<GpuDriver> driver)
    : driver_(std::make_unique<CountedDriver>(std::move(driver))) {}

GpuDevice::~GpuDevice() {
    driver_->release(scratch_.memory);
    driver_->release(rows_.memory);
    for (const auto& [which, room] : frequencies_) driver_->release(room.memory);
}

void* GpuDevice::grown(Room& room, std::size_t bytes) {
    if (bytes <= room.bytes) return room.memory;
    driver_->release(std::exchange(room.memory, nullptr));
    room.bytes = 0;
    const std::size_t size = (bytes + bytes / 4 + 4095) / 4096 * 4096;
    room.memory = driver_->allocate(size);
    room.bytes = size;
    return room.memory;
}

void* GpuDevice::scratch(std::size_t bytes) { return grown(scratch_, bytes); }

}  // namespace mf

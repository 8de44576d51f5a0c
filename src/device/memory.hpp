// SPDX-License-Identifier: MIT
// The memory of a device.
#pragma once

#include <cstddef>

namespace mf {

class DeviceMemory {
  public:
    /// The host reads and writes this memory by its addresses.
    virtual bool host_visible() const = 0;
    /// Memory of at least `bytes`, aligned to 64; its content is undefined. OutOfMemory when there is no more. Addresses within
    /// it may be counted up from its first, whether the host sees it or not.
    virtual void* allocate(std::size_t bytes) = 0;
    virtual void release(void* memory) = 0;
    /// To the device, and from it; when they return, `from` may change and `to` can be read.
    virtual void upload(void* to, const void* from, std::size_t bytes) = 0;
    virtual void download(void* to, const void* from, std::size_t bytes) = 0;
    /// From one place on the device to another; the two do not overlap.
    virtual void copy(void* to, const void* from, std::size_t bytes) = 0;
    virtual void zero(void* memory, std::size_t bytes) = 0;

  protected:
    ~DeviceMemory() = default;
};

}  // namespace mf

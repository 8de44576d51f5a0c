// SPDX-License-Identifier: MIT
#include "ops/cpu/cpu_device.hpp"

#include <cstring>
#include <new>

#include "core/out_of_memory.hpp"

namespace mf {
namespace {

constexpr std::align_val_t kAlignment{64};

}  // namespace

CpuDevice::CpuDevice(Team& team, bool visible) : team_(team), visible_(visible) {
    for (int lane = 0; team.size() > 1 && lane < team.size(); ++lane)
        lanes_.emplace_back(new CpuDevice(solo_, visible));
}

CpuDevice::~CpuDevice() = default;

std::string CpuDevice::name() const { return "cpu"; }

void* CpuDevice::allocate(std::size_t bytes) {
    void* const memory = ::operator new(bytes, kAlignment, std::nothrow);
    if (memory == nullptr)
        throw OutOfMemory(fmt::format("[memory] the system has no {:.1f} MiB more",
                                      static_cast<double>(bytes) / 1048576.0));
    return memory;
}

void CpuDevice::release(void* memory) { ::operator delete(memory, kAlignment); }

void CpuDevice::copy(void* to, const void* from, std::size_t bytes) {
    if (bytes > 0) std::memcpy(to, from, bytes);
}

void CpuDevice::zero(void* memory, std::size_t bytes) {
    if (bytes > 0) std::memset(memory, 0, bytes);
}

void CpuDevice::run_lanes(void (*call)(void*, int, Device&), void* work) {
    if (lanes_.empty()) return call(work, 0, *this);
    team_.run([&](int lane) { call(work, lane, *lanes_[static_cast<std::size_t>(lane)]); });
}

}  // namespace mf

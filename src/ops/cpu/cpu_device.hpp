// SPDX-License-Identifier: MIT
// The CPU as a device: the threads of a team share every kernel. A kernel stands in the file of its op.
#pragma once

#include <memory>

#include "core/team.hpp"
#include "device/device.hpp"

namespace mf {

class CpuDevice final : public Device {
  public:
    /// `team` must outlive the device.
    explicit CpuDevice(Team& team) : CpuDevice(team, true) {}
    /// A CPU that says that the host does not see its memory: with it tests find what reads or writes past the kernels.
    static CpuDevice hidden(Team& team) { return CpuDevice(team, false); }

    Team& team() { return team_; }

    std::string name() const override;
    void synchronise() override {}
    int lanes() const override { return team_.size(); }

    bool host_visible() const override { return visible_; }
    void* allocate(std::size_t bytes) override;
    void release(void* memory) override;
    void upload(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
    void download(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
    void copy(void* to, const void* from, std::size_t bytes) override;
    void zero(void* memory, std::size_t bytes) override;

  protected:
    void run_lanes(void (*call)(void*, int, Device&), void* work) override;

  private:
    CpuDevice(Team& team, bool visible);

    Team& team_;
    Team solo_{1};  // of a lane; several threads may share a team of one
    std::unique_ptr<CpuDevice> lane_;
    bool visible_;
};

namespace cpu {
/// The team of a device that is a CpuDevice.
inline Team& team_of(Device& device) { return static_cast<CpuDevice&>(device).team(); }
}  // namespace cpu

}  // namespace mf

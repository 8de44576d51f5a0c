// SPDX-License-Identifier: MIT
// One caller at a time, also in a process that was forked while somebody was at work.
#pragma once

#include <atomic>
#include <mutex>

#include <sys/types.h>

namespace mf::door {

class Turn {
  public:
    Turn();
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    /// Waits for the others. In a child of fork the callers of the parent are not waited for: they are not there.
    std::unique_lock<std::mutex> take();
    /// True in a child whose parent had a caller at work when it forked: what was being changed is half changed.
    bool was_cut_off() const { return cut_off_.load(); }

  private:
    struct Slot;
    std::atomic<Slot*> slot_;
    std::atomic<bool> cut_off_{false};
};

}  // namespace mf::door

// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

#include "core/stop.hpp"

namespace mf {

/// A Stop for a team at work: lane 0, which is the caller's thread, asks it, and the others hear of it.
class SharedStop {
  public:
    explicit SharedStop(const Stop& stop) : stop_(stop) {}

    bool wanted(int lane) {
        if (lane == 0 && stop_ && stop_()) wanted_.store(true, std::memory_order_relaxed);
        return wanted_.load(std::memory_order_relaxed);
    }
    /// After the team's work: Stopped when it was wanted.
    void finish() const {
        end_if_asked([this] { return wanted_.load(std::memory_order_relaxed); }, "comparing samples");
    }

  private:
    const Stop& stop_;
    std::atomic<bool> wanted_{false};
};

}  // namespace mf

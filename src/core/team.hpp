// SPDX-License-Identifier: MIT
// A team of threads that work together on one step and otherwise sleep.
//
// Why not OpenMP: its teams either spin for milliseconds (and starve every other process, or are starved by it) or
// sleep at once. A team here spins for some microseconds and then sleeps in the kernel, whatever the environment says.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace mf {

class Team {
  public:
    /// `threads` in all, the caller included; 0 takes one for each core this process may use.
    explicit Team(int threads = 1);
    ~Team();
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;

    int size() const { return size_; }

    /// Runs `work(lane)` for lane 0 .. size-1, lane 0 on the calling thread; returns when all are done.
    /// The first exception (by lane) is thrown again here. Does not allocate.
    template <class Work>
    void run(Work&& work) {
        if (size_ == 1) return static_cast<void>(work(0));  // so several threads may share a team of one
        using Plain = std::remove_reference_t<Work>;
        run_erased([](void* w, int lane) { (*static_cast<Plain*>(w))(lane); },
                   const_cast<void*>(static_cast<const void*>(&work)));
    }

    /// Splits [0, count) into one contiguous range a lane, cut at multiples of `grain`: `work(begin, end)`.
    template <class Work>
    void split(std::int64_t count, std::int64_t grain, Work&& work) {
        const std::int64_t blocks = (count + grain - 1) / grain;
        if (size_ == 1 || blocks <= 1) {
            if (count > 0) work(std::int64_t{0}, count);
            return;
        }
        run([&](int lane) {
            const std::int64_t begin = blocks * lane / size_ * grain;
            const std::int64_t end = std::min(count, blocks * (lane + 1) / size_ * grain);
            if (begin < end) work(begin, end);
        });
    }

  private:
    struct Shared;
    void run_erased(void (*call)(void*, int), void* work);

    int size_;
    std::unique_ptr<Shared> shared_;
};

/// Cores that this process may run on (its affinity mask), at least 1.
int usable_cores();

}  // namespace mf

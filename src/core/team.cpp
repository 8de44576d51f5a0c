// SPDX-License-Identifier: MIT
#include "core/team.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include <sched.h>
#include <unistd.h>

#include "core/error.hpp"

namespace mf {

struct Team::Shared {
    std::atomic<std::uint32_t> epoch{0};    // counts the calls of run; workers wait for it to move
    std::atomic<std::uint32_t> pending{0};  // workers that have not finished the current call
    void (*call)(void*, int) = nullptr;
    void* work = nullptr;
    bool quit = false;
    std::vector<std::exception_ptr> thrown;
    std::vector<std::thread> threads;
    pid_t process = ::getpid();  // whose threads these are

    explicit Shared(int size) : thrown(static_cast<std::size_t>(size)) {
        for (int lane = 1; lane < size; ++lane) threads.emplace_back([this, lane] { work_as(lane); });
    }
    void work_as(int lane);
};

namespace {

/// Waits until `value` differs from `old`: a few microseconds of polling, then sleep in the kernel.
std::uint32_t wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
    for (int i = 0; i < 400; ++i) {
        const std::uint32_t now = value.load(std::memory_order_acquire);
        if (now != old) return now;
        __builtin_ia32_pause();
    }
    value.wait(old, std::memory_order_acquire);
    return value.load(std::memory_order_acquire);
}

}  // namespace

void Team::Shared::work_as(int lane) {
    for (std::uint32_t seen = 0;;) {
        seen = wait_for_change(epoch, seen);
        if (quit) return;
        try {
            call(work, lane);
        } catch (...) {
            thrown[static_cast<std::size_t>(lane)] = std::current_exception();
        }
        if (pending.fetch_sub(1, std::memory_order_acq_rel) == 1) pending.notify_one();
    }
}

int usable_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return std::max(1, CPU_COUNT(&set));
}

Team::Team(int threads) : size_(threads > 0 ? threads : usable_cores()), shared_() {
    check(size_ <= 1024, "[team] {} threads are too many", size_);
    shared_ = std::make_unique<Shared>(size_);
}

Team::~Team() {
    // A child of fork has this object but not its threads, for which it would wait for ever.
    if (shared_->process != ::getpid()) {
        (void)shared_.release();
        return;
    }
    shared_->quit = true;
    shared_->epoch.fetch_add(1, std::memory_order_acq_rel);
    shared_->epoch.notify_all();
    for (std::thread& thread : shared_->threads) thread.join();
}

void Team::run_erased(void (*call)(void*, int), void* work) {
    if (shared_->process != ::getpid()) {  // after a fork: threads of our own
        (void)shared_.release();
        shared_ = std::make_unique<Shared>(size_);
    }
    Shared& s = *shared_;
    s.call = call;
    s.work = work;
    s.pending.store(static_cast<std::uint32_t>(size_ - 1), std::memory_order_relaxed);
    if (size_ > 1) {
        s.epoch.fetch_add(1, std::memory_order_acq_rel);
        s.epoch.notify_all();
    }
    try {
        call(work, 0);
    } catch (...) {
        s.thrown[0] = std::current_exception();
    }
    for (std::uint32_t left = s.pending.load(std::memory_order_acquire); left != 0;)
        left = wait_for_change(s.pending, left);
    std::exception_ptr first;
    for (std::exception_ptr& thrown : s.thrown) {  // all are taken: none is left for the next call
        std::exception_ptr one = std::exchange(thrown, nullptr);
        if (!first) first = std::move(one);
    }
    if (first) std::rethrow_exception(first);
}

}  // namespace mf

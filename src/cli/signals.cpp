// SPDX-License-Identifier: MIT
#include "cli/signals.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>

#include <pthread.h>

namespace mf::cli {
namespace {

sigset_t stop_set() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

}  // namespace

StopSignals::StopSignals() {
    const sigset_t set = stop_set();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

StopSignals::~StopSignals() {
    const sigset_t set = stop_set();
    const timespec at_once{};
    while (sigtimedwait(&set, nullptr, &at_once) > 0) {
        // The request was seen or came too late: nothing is left to stop.
    }
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

int StopSignals::pending() {
    if (came_ != 0) return came_;
    const sigset_t set = stop_set();
    const timespec at_once{};
    const int signal = sigtimedwait(&set, nullptr, &at_once);
    if (signal > 0) came_ = signal;
    return came_;
}

int StopSignals::wait() {
    const sigset_t set = stop_set();
    while (came_ == 0) came_ = std::max(0, sigwaitinfo(&set, nullptr));  // -1: another signal was handled
    return came_;
}

}  // namespace mf::cli

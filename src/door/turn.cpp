// SPDX-License-Identifier: MIT
#include "door/turn.hpp"

#include <memory>

#include <unistd.h>

namespace mf::door {

struct Turn::Slot {
    pid_t process = ::getpid();
    std::mutex mutex;
};

Turn::Turn() : slot_(new Slot) {}
Turn::~Turn() {
    Slot* slot = slot_.load();
    if (slot->process == ::getpid()) delete slot;  // a parent's may be locked for ever
}

std::unique_lock<std::mutex> Turn::take() {
    Slot* slot = slot_.load();
    if (slot->process != ::getpid()) {
        auto own = std::make_unique<Slot>();
        const bool busy = !slot->mutex.try_lock();
        if (!busy) slot->mutex.unlock();
        if (slot_.compare_exchange_strong(slot, own.get())) {
            if (busy) cut_off_.store(true);
            slot = own.release();  // the parent's is left alone: it belongs to its threads
        }
    }
    return std::unique_lock(slot->mutex);
}

}  // namespace mf::door

// SPDX-License-Identifier: MIT
#include "serve/mailboxes.hpp"

#include <algorithm>
#include <utility>

#include "serve/http.hpp"

namespace mf::serve {
namespace {

constexpr std::size_t kMostStreams = 16, kMostEvents = 64, kMostLanes = 8;
constexpr std::size_t kMostBytes = std::size_t{32} << 20;  // that wait in one stream

}  // namespace

std::shared_ptr<Mailbox> Mailboxes::open(const std::string& client) {
    auto box = std::make_shared<Mailbox>();
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Mailbox>& place = boxes_[client];
    if (place == nullptr && boxes_.size() > kMostStreams) {
        boxes_.erase(client);
        throw HttpError(503, "too many streams of events are open", "close another page", 5);
    }
    if (place != nullptr) {
        const std::lock_guard inner(place->mutex);
        place->closed = true;
        place->changed.notify_all();
    }
    place = box;
    return box;
}

void Mailboxes::close(const std::string& client, const std::shared_ptr<Mailbox>& box) {
    std::map<std::string, std::shared_ptr<Job>> lanes;
    {
        const std::lock_guard lock(mutex_);
        const auto found = boxes_.find(client);
        if (found == boxes_.end() || found->second != box) return;
        boxes_.erase(found);
        if (const auto own = lanes_.find(client); own != lanes_.end()) {
            lanes = std::move(own->second);
            lanes_.erase(own);
        }
    }
    for (const auto& [lane, job] : lanes) queue_.cancel(job);
}

std::shared_ptr<Mailbox> Mailboxes::find(const std::string& client) {
    const std::lock_guard lock(mutex_);
    const auto found = boxes_.find(client);
    return found == boxes_.end() ? nullptr : found->second;
}

void Mailboxes::post(Mailbox& box, Event event) {
    const std::lock_guard lock(box.mutex);
    if (event.name == "answer")
        std::erase_if(box.events,
                      [&](const Event& old) { return old.name == "answer" && old.lane == event.lane; });
    // A client that takes nothing for so long misses what is oldest.
    std::size_t bytes = event.data.size();
    for (const Event& waiting : box.events) bytes += waiting.data.size();
    while (!box.events.empty() && (box.events.size() >= kMostEvents || bytes > kMostBytes)) {
        bytes -= box.events.front().data.size();
        box.events.pop_front();
    }
    box.events.push_back(std::move(event));
    box.changed.notify_all();
}

void Mailboxes::cancel(const std::string& client, const std::string& lane) {
    std::shared_ptr<Job> before;
    {
        const std::lock_guard lock(mutex_);
        const auto own = lanes_.find(client);
        if (own == lanes_.end()) return;
        const auto found = own->second.find(lane);
        if (found == own->second.end()) return;
        before = found->second;
    }
    queue_.cancel(before);
    leave(client, lane, before);
}

std::shared_ptr<Job> Mailboxes::enter(const std::string& client, const std::string& lane,
                                      const Submit& submit) {
    // From here on one after the other: of two requests everybody takes the same one for the newer.
    const std::lock_guard order(entering_);
    cancel(client, lane);
    {
        const std::lock_guard lock(mutex_);
        const auto own = lanes_.find(client);
        if (own != lanes_.end() && own->second.size() >= kMostLanes)
            throw HttpError(429, "a client has more than 8 lanes", "wait for an answer", 1);
    }
    const std::shared_ptr<Job> job = submit();
    {
        const std::lock_guard lock(mutex_);
        lanes_[client][lane] = job;
    }
    // It may have been finished before it was entered.
    if (queue_.finished(*job)) leave(client, lane, job);
    return job;
}

void Mailboxes::leave(const std::string& client, const std::string& lane, const std::shared_ptr<Job>& job) {
    const std::lock_guard lock(mutex_);
    const auto own = lanes_.find(client);
    if (own == lanes_.end()) return;
    const auto found = own->second.find(lane);
    if (found != own->second.end() && found->second == job) own->second.erase(found);
    if (own->second.empty()) lanes_.erase(own);
}

std::size_t Mailboxes::streams() {
    const std::lock_guard lock(mutex_);
    return boxes_.size();
}

}  // namespace mf::serve

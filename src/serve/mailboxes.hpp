// SPDX-License-Identifier: MIT
// Streams of events: what waits for each client, of bounded size, and which of its requests a newer one cancels.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "serve/work_queue.hpp"

namespace mf::serve {

struct Event {
    std::string name;  ///< "answer"
    std::string data;  ///< one line
    std::string
        lane;  ///< of answers: a newer one of the same lane takes the place of one that was not sent yet
};

/// One open stream.
struct Mailbox {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Event> events;
    bool closed = false;
};

/// The streams and requests of all clients. Safe to call from several threads.
class Mailboxes {
  public:
    explicit Mailboxes(WorkQueue& queue) : queue_(queue) {}

    /// Opens the stream of a client and ends the one that it had. HttpError 503 when too many are open.
    std::shared_ptr<Mailbox> open(const std::string& client);
    /// Its requests are cancelled, where it is still the client's stream.
    void close(const std::string& client, const std::shared_ptr<Mailbox>& box);
    /// The stream of a client, or null.
    std::shared_ptr<Mailbox> find(const std::string& client);
    static void post(Mailbox& box, Event event);

    using Submit = std::function<std::shared_ptr<Job>()>;
    /// What `submit` gives is now the request of this lane; where there was one, that is cancelled first. HttpError 429 when
    /// the client has too many lanes.
    std::shared_ptr<Job> enter(const std::string& client, const std::string& lane, const Submit& submit);
    /// The lane is free again, unless a newer request has it.
    void leave(const std::string& client, const std::string& lane, const std::shared_ptr<Job>& job);
    std::size_t streams();

  private:
    void cancel(const std::string& client, const std::string& lane);

    WorkQueue& queue_;
    std::mutex entering_, mutex_;
    std::map<std::string, std::shared_ptr<Mailbox>> boxes_;
    std::map<std::string, std::map<std::string, std::shared_ptr<Job>>> lanes_;  ///< by client and lane
};

}  // namespace mf::serve

// SPDX-License-Identifier: MIT
// Network calls, one after the other: all threads work on one, a bounded number waits, and whoever waits can leave.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "core/team.hpp"
#include "serve/socket.hpp"

namespace mf::serve {

/// Why a job was not finished.
enum class JobEnd : std::uint8_t { done, cancelled, late, ended };

/// One piece of work, shared by whoever waits for it and the thread that does it.
class Job {
  public:
    using Work = std::function<void(Team&, const std::function<bool()>& stop)>;
    Job(Work work, Clock::time_point deadline) : work_(std::move(work)), deadline_(deadline) {}

    /// True once it is not wanted any more, or its time is over: the work then ends with whatever exception it likes.
    bool unwanted() const { return why_ != JobEnd::done || Clock::now() >= deadline_; }

  private:
    friend class WorkQueue;
    Work work_;
    const Clock::time_point deadline_;
    std::atomic<JobEnd> why_ = JobEnd::done;
    bool finished_ = false;  ///< under the queue's mutex, like what follows
    std::exception_ptr failure_;
    std::function<void(const std::shared_ptr<Job>&)> then_;
};

class WorkQueue {
  public:
    WorkQueue(int threads, std::size_t most_waiting);
    /// Cancels everything and waits for the work that goes on.
    ~WorkQueue();
    WorkQueue(const WorkQueue&) = delete;
    WorkQueue& operator=(const WorkQueue&) = delete;

    /// HttpError 503 when too many wait. `then`: called by the working thread, without any lock, once it is finished or
    /// was cancelled.
    using Then = std::function<void(const std::shared_ptr<Job>&)>;
    std::shared_ptr<Job> submit(Job::Work work, double seconds, Then then = nullptr);
    /// Does not wait; a job that waits leaves the queue at once.
    void cancel(const std::shared_ptr<Job>& job, JobEnd why = JobEnd::cancelled);
    /// Returns when it is finished, throws what it threw, and HttpError 409 when it was cancelled, 503 when its time was
    /// over or the server ends. Where `gone` says that nobody waits for the answer, the job is cancelled.
    void wait(const std::shared_ptr<Job>& job, const std::function<bool()>& gone);
    /// The same for a job that is finished.
    void rethrow(const Job& job) const;
    bool finished(const Job& job);

    /// Everything is cancelled, and nothing is taken any more. Does not wait.
    void stop();
    /// Waits until nothing of it runs any more, after stop().
    void join();
    /// Waits for the end of the work that goes on, `seconds` at most; true when there is none.
    bool idle_within(double seconds);

    std::size_t waiting();
    std::size_t most_waiting() const { return most_waiting_; }
    bool working();

  private:
    void work_through();

    const int threads_;
    const std::size_t most_waiting_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::shared_ptr<Job>> queue_;
    std::shared_ptr<Job> current_;
    bool stopping_ = false;
    std::thread worker_;
};

}  // namespace mf::serve

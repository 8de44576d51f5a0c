// SPDX-License-Identifier: MIT
#include "serve/work_queue.hpp"

#include <algorithm>
#include <chrono>

#include "core/error.hpp"
#include "serve/http.hpp"

namespace mf::serve {

WorkQueue::WorkQueue(int threads, std::size_t most_waiting)
    : threads_(threads), most_waiting_(most_waiting), worker_([this] { work_through(); }) {}

WorkQueue::~WorkQueue() {
    stop();
    join();
}

void WorkQueue::join() {
    if (worker_.joinable()) worker_.join();
}

std::shared_ptr<Job> WorkQueue::submit(Job::Work work, double seconds, Then then) {
    const auto deadline =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    auto job = std::make_shared<Job>(std::move(work), deadline);
    job->then_ = std::move(then);
    const std::lock_guard lock(mutex_);
    if (stopping_) throw HttpError(503, "the server ends", "", 1);
    if (queue_.size() >= most_waiting_)
        throw HttpError(503, "too many requests wait for the network", "try again in a second", 1);
    queue_.push_back(job);
    changed_.notify_all();
    return job;
}

void WorkQueue::cancel(const std::shared_ptr<Job>& job, JobEnd why) {
    Then then;
    {
        const std::lock_guard lock(mutex_);
        if (job->finished_ || job->why_ != JobEnd::done) return;
        job->why_ = why;
        const auto found = std::ranges::find(queue_, job);
        if (found != queue_.end()) {
            queue_.erase(found);
            job->finished_ = true;
            job->work_ = nullptr;
            then = std::move(job->then_);
        }
        changed_.notify_all();
    }
    if (then) then(job);
}

void WorkQueue::rethrow(const Job& job) const {
    switch (job.why_) {
        case JobEnd::cancelled:
            throw HttpError(409, "a newer request of the same client took its place");
        case JobEnd::ended:
            throw HttpError(503, "the server ends", "", 1);
        case JobEnd::late:
            throw HttpError(503, "the time for this request was over",
                            "ask for less at a time, or start the server with a larger --time-limit", 1);
        case JobEnd::done:
            if (job.failure_) std::rethrow_exception(job.failure_);
    }
}

void WorkQueue::wait(const std::shared_ptr<Job>& job, const std::function<bool()>& gone) {
    std::unique_lock lock(mutex_);
    // Who waits does not wait for work that cannot be interrupted: it is enough that it is not wanted any more.
    const auto ended = [&] { return job->finished_ || job->why_ != JobEnd::done; };
    while (!changed_.wait_for(lock, std::chrono::milliseconds(200), ended)) {
        lock.unlock();
        if (Clock::now() >= job->deadline_)
            cancel(job, JobEnd::late);
        else if (gone && gone())
            cancel(job, JobEnd::cancelled);
        lock.lock();
    }
    lock.unlock();
    rethrow(*job);
}

void WorkQueue::work_through() {
    Team team(threads_);
    for (;;) {
        std::shared_ptr<Job> job;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) return;
            job = current_ = queue_.front();
            queue_.pop_front();
        }
        std::exception_ptr failure;
        try {
            if (job->unwanted()) throw Error("not begun");
            job->work_(team, [&job] { return job->unwanted(); });
        } catch (...) {
            failure = std::current_exception();
        }
        Then then;
        {
            const std::lock_guard lock(mutex_);
            if (Clock::now() >= job->deadline_ && job->why_ == JobEnd::done && failure)
                job->why_ = JobEnd::late;
            job->failure_ = failure;
            job->finished_ = true;
            job->work_ = nullptr;
            then = std::move(job->then_);
            changed_.notify_all();
        }
        if (then) then(job);
        const std::lock_guard lock(mutex_);
        current_.reset();
        changed_.notify_all();
    }
}

void WorkQueue::stop() {
    std::deque<std::shared_ptr<Job>> all;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        all = queue_;
        if (current_) all.push_back(current_);
        changed_.notify_all();
    }
    for (const std::shared_ptr<Job>& job : all) cancel(job, JobEnd::ended);
}

bool WorkQueue::idle_within(double seconds) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return !current_; });
}

bool WorkQueue::finished(const Job& job) {
    const std::lock_guard lock(mutex_);
    return job.finished_;
}

std::size_t WorkQueue::waiting() {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

bool WorkQueue::working() {
    const std::lock_guard lock(mutex_);
    return current_ && !current_->finished_;  // who waited for it may ask before it is put away
}

}  // namespace mf::serve

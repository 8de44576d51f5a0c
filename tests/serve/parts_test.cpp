// SPDX-License-Identifier: MIT
// The parts of the server that need no model: who may ask, the queue, logs of runs, names of targets.
#include <cmath>
#include <fstream>
#include <future>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "serve/guard.hpp"
#include "serve/mailboxes.hpp"
#include "serve/recipe.hpp"
#include "serve/run_log.hpp"
#include "serve/targets.hpp"
#include "serve/work_queue.hpp"
#include "support/said.hpp"

namespace {

using namespace mf;
using namespace mf::serve;
using test::error_of;
using test::says;
using test::Scratch;

int status_of(const Guard& guard, const std::string& headers, const std::string& path = "/api/models") {
    try {
        guard.check(parse_head("GET " + path + " HTTP/1.1\r\n" + headers));
    } catch (const HttpError& error) {
        return error.status();
    }
    return 200;
}

TEST(Guard, OnlyThisServersOwnNameAndPage) {
    Guard guard("127.0.0.1", "");
    guard.set_port(8080);
    for (const char* host : {"127.0.0.1:8080", "localhost:8080", "[::1]:8080"})
        EXPECT_EQ(status_of(guard, std::string("Host: ") + host), 200) << host;
    for (const char* host : {"evil.example:8080", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:80800",
                             "localhost.evil.example:8080", "x127.0.0.1:8080", ""})
        EXPECT_EQ(status_of(guard, std::string("Host: ") + host), 403) << host;
    EXPECT_EQ(status_of(guard, ""), 400);
    EXPECT_EQ(status_of(guard, "Host: localhost:8080\r\nOrigin: http://localhost:8080"), 200);
    for (const char* origin : {"http://evil.example", "null", "http://localhost:8081", "http://localhost",
                               "http://127.0.0.1:8080"})
        EXPECT_EQ(status_of(guard, std::string("Host: localhost:8080\r\nOrigin: ") + origin), 403) << origin;
    Guard plain("127.0.0.1", "");
    plain.set_port(80);
    EXPECT_EQ(status_of(plain, "Host: localhost"), 200);
}

TEST(Guard, OtherAddressesNeedAToken) {
    EXPECT_TRUE(says(error_of([] { Guard("0.0.0.0", ""); }), {"--listen 0.0.0.0", "--token"}));
    EXPECT_TRUE(says(error_of([] { Guard("::", ""); }), {"--token"}));
    EXPECT_TRUE(says(error_of([] { Guard("0.0.0.0", "short"); }), {"--token", "16"}));
    EXPECT_TRUE(says(error_of([] { Guard("127.0.0.1", "a b c d e f g h i"); }), {"--token"}));
    EXPECT_TRUE(says(error_of([] { Guard("example.com", "0123456789abcdef"); }),
                     {"--listen example.com", "no address"}));
    Guard guard("0.0.0.0", "0123456789abcdef");
    guard.set_port(8080);
    const std::string host = "Host: box.local:8080\r\n";
    EXPECT_EQ(status_of(guard, host), 401);
    EXPECT_EQ(status_of(guard, host, "/"), 401);
    EXPECT_EQ(status_of(guard, host, "/healthz"), 200);
    EXPECT_EQ(status_of(guard, host + "Authorization: Bearer 0123456789abcdef"), 200);
    for (const char* wrong : {"Bearer 0123456789abcdeg", "Bearer 0123456789abcde", "Bearer 0123456789abcdef0",
                              "Bearer ", "Basic 0123456789abcdef"})
        EXPECT_EQ(status_of(guard, host + "Authorization: " + wrong), 401) << wrong;
    EXPECT_EQ(status_of(guard, host + "Cookie: meanflow_8080=0123456789abcdef"), 200);
    EXPECT_EQ(status_of(guard, host + "Cookie: meanflow_8081=0123456789abcdef"), 401);
    EXPECT_EQ(
        status_of(guard, host + "Cookie: meanflow_8080=0123456789abcdef\r\nOrigin: http://evil.example"),
        403);
    EXPECT_EQ(status_of(guard, host, "/?token=0123456789abcdef"), 200);
    EXPECT_EQ(status_of(guard, host, "/?token=0123456789abcdeX"), 401);
    EXPECT_EQ(status_of(guard, host, "/api/models?token=0123456789abcdef"), 401);
    const auto welcome = guard.welcome(parse_head("GET /?token=0123456789abcdef HTTP/1.1\r\n" + host));
    ASSERT_TRUE(welcome);
    EXPECT_EQ(welcome->status, 303);
    const std::string head = head_text(*welcome, true);
    EXPECT_TRUE(says(head, {"Location: /\r\n", "Set-Cookie: meanflow_8080=", "HttpOnly", "SameSite=Strict"}))
        << head;
    EXPECT_TRUE(same_in_constant_time("abc", "abc"));
    EXPECT_FALSE(same_in_constant_time("abc", "abd"));
    EXPECT_FALSE(same_in_constant_time("abcabc", "abc"));
    EXPECT_FALSE(same_in_constant_time("", "abc"));
    EXPECT_TRUE(same_in_constant_time("", ""));
}

/// A job that goes on until it is let go or told to stop.
class Gate {
  public:
    Job::Work work() {
        return [this](Team&, const std::function<bool()>& stop) {
            started_.set_value();
            while (!open_ && !stop()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            if (stop()) throw Error("stopped");
        };
    }
    void wait_until_it_runs() { started_.get_future().wait(); }
    void open() { open_ = true; }

  private:
    std::promise<void> started_;
    std::atomic<bool> open_ = false;
};

int end_of(WorkQueue& queue, const std::shared_ptr<Job>& job) {
    try {
        queue.wait(job, nullptr);
    } catch (const HttpError& error) {
        return error.status();
    }
    return 200;
}

TEST(WorkQueue, IsBoundedAndGivesPlacesBack) {
    WorkQueue queue(1, 2);
    Gate gate;
    const auto first = queue.submit(gate.work(), 60);
    gate.wait_until_it_runs();
    int ran = 0;
    const auto count = [&ran](Team&, const auto&) { ++ran; };
    const auto second = queue.submit(count, 60), third = queue.submit(count, 60);
    EXPECT_EQ(queue.waiting(), 2U);
    try {
        queue.submit(count, 60);
        ADD_FAILURE() << "a third one waits";
    } catch (const HttpError& error) {
        EXPECT_EQ(error.status(), 503);
        EXPECT_GT(error.retry_after(), 0);
    }
    int told = 0;
    queue.cancel(second);
    EXPECT_EQ(end_of(queue, second), 409);
    const auto fourth = queue.submit(count, 60, [&told](const std::shared_ptr<Job>&) { ++told; });
    gate.open();
    EXPECT_EQ(end_of(queue, first), 200);
    EXPECT_EQ(end_of(queue, third), 200);
    EXPECT_EQ(end_of(queue, fourth), 200);
    EXPECT_TRUE(queue.idle_within(5));
    EXPECT_EQ(ran, 2);
    EXPECT_EQ(told, 1);
}

TEST(WorkQueue, TimeAndAbsentClientsEndARequest) {
    WorkQueue queue(1, 4);
    Gate slow;
    const auto late = queue.submit(slow.work(), 0.05);
    EXPECT_EQ(end_of(queue, late), 503);
    Gate gate;
    const auto running = queue.submit(gate.work(), 60);
    gate.wait_until_it_runs();
    EXPECT_THROW(queue.wait(running, [] { return true; }), HttpError);
    const auto failing = queue.submit([](Team&, const auto&) { throw UsageError("no such thing"); }, 60);
    EXPECT_THROW(queue.wait(failing, nullptr), UsageError);
    Gate last;
    const auto ended = queue.submit(last.work(), 60), waiting = queue.submit(last.work(), 60);
    last.wait_until_it_runs();
    queue.stop();
    EXPECT_EQ(end_of(queue, ended), 503);
    EXPECT_EQ(end_of(queue, waiting), 503);
    EXPECT_THROW(queue.submit(gate.work(), 60), HttpError);
}

TEST(Mailboxes, ANewerRequestOfALaneCancelsTheOlder) {
    WorkQueue queue(1, 16);
    Mailboxes boxes(queue);
    Gate gate;
    const auto first = queue.submit(gate.work(), 60);
    gate.wait_until_it_runs();
    boxes.enter("a", "", [&] { return first; });
    const auto nothing = [](Team&, const auto&) {};
    const auto other_lane = queue.submit(nothing, 60), other_client = queue.submit(nothing, 60);
    boxes.enter("a", "map", [&] { return other_lane; });
    boxes.enter("b", "", [&] { return other_client; });
    const auto second = queue.submit(nothing, 60);
    boxes.enter("a", "", [&] { return second; });
    EXPECT_EQ(end_of(queue, first), 409);
    for (const auto& job : {second, other_lane, other_client}) EXPECT_EQ(end_of(queue, job), 200);
    // Eight lanes are the most; those that are finished make room.
    Gate busy;
    const auto blocker = queue.submit(busy.work(), 60);
    for (int i = 0; i < 8; ++i)
        boxes.enter("c", std::to_string(i), [&] { return queue.submit(nothing, 60); });
    EXPECT_THROW(boxes.enter("c", "9", [&] { return queue.submit(nothing, 60); }), HttpError);
    busy.open();
}

TEST(Mailboxes, HoldBoundedNumbersOfEventsAndStreams) {
    WorkQueue queue(1, 4);
    Mailboxes boxes(queue);
    const auto box = boxes.open("a");
    for (int i = 0; i < 1000; ++i) Mailboxes::post(*box, {"answer", std::to_string(i), ""});
    ASSERT_EQ(box->events.size(), 1U) << "only the newest picture of a lane is of use";
    EXPECT_EQ(box->events.front().data, "999");
    for (int i = 0; i < 1000; ++i) Mailboxes::post(*box, {"cancelled", "", ""});
    EXPECT_LE(box->events.size(), 64U);
    const auto again = boxes.open("a");
    EXPECT_TRUE(box->closed);
    boxes.close("a", box);
    EXPECT_EQ(boxes.find("a"), again) << "an older stream that ends does not take the newer one along";
    for (int i = 0; i < 15; ++i) boxes.open("s" + std::to_string(i));
    EXPECT_THROW(boxes.open("one more"), HttpError);
    EXPECT_EQ(boxes.streams(), 16U);
}

TEST(ThinCurve, LongLogsStaySmallAndTrue) {
    ThinCurve curve;
    double sum = 0;
    for (int step = 1; step <= 100000; ++step) {
        const double value =
            step % 100 == 0 ? std::nan("") : std::sin(step * 1e-3) + (step == 54321 ? 50 : 0);
        if (std::isfinite(value)) sum += value;
        curve.add(step, value);
    }
    EXPECT_LE(curve.points(1000000, -1).size(), 4096U);
    const auto points = curve.points(500, -1);
    EXPECT_LE(points.size(), 500U);
    EXPECT_GT(points.size(), 250U);
    double all = 0, most = 0;
    std::int64_t rows = 0, finite = 0;
    for (const CurvePoint& point : points) {
        all += point.values, rows += point.rows, finite += point.finite;
        most = std::max(most, point.most);
    }
    EXPECT_EQ(rows, 100000);
    EXPECT_EQ(finite, 99000);
    EXPECT_NEAR(all, sum, 1e-6 * std::abs(sum) + 1e-6);
    EXPECT_GT(most, 49) << "a single peak is seen at every zoom";
    EXPECT_EQ(curve.points(500, 100000).size(), 0U);
    EXPECT_LT(curve.points(500, 99000).size(), 60U);
}

TEST(RunLog, FollowsAFileThatGrowsShrinksAndIsDamaged) {
    const Scratch scratch;
    const auto path = scratch / "metrics.jsonl";
    RunLog log(path);
    log.follow();
    EXPECT_TRUE(log.columns().empty());
    const auto write = [&](const std::string& text, std::ios::openmode mode) {
        std::ofstream(path, std::ios::binary | mode) << text;
    };
    write("{\"step\": 1, \"loss\": 2.5, \"note\": \"x\"}\n{\"step\": 2, \"lo", std::ios::trunc);
    log.follow();
    EXPECT_EQ(log.step(), 1);
    EXPECT_EQ(log.columns().size(), 1U);
    write("ss\": null}\nnonsense\n[1]\n{\"loss\": 3}\n{\"step\": 3, \"loss\": 1, \"inside@1\": 0.5}\n",
          std::ios::app);
    log.follow();
    EXPECT_EQ(log.step(), 3);
    const auto points = log.columns().at("loss").points(100, -1);
    ASSERT_EQ(points.size(), 3U);
    EXPECT_EQ(points[1].finite, 0);
    EXPECT_EQ(log.columns().at("inside@1").last_value(), 0.5);
    write("{\"step\": 1, \"loss\": 7}\n", std::ios::trunc);
    log.follow();
    EXPECT_EQ(log.step(), 1);
    EXPECT_EQ(log.columns().at("loss").last_value(), 7);
    write(std::string(3 << 20, 'x'), std::ios::app);
    log.follow();
    EXPECT_EQ(log.step(), 1);
}

TEST(Targets, HaveNamesOfTheirOwnAndGrow) {
    const Scratch scratch;
    const auto make = [&](const std::string& name) {
        std::filesystem::create_directories(scratch / name);
        std::ofstream(scratch / (name + "/config.yaml")) << "seed: 1\n";
    };
    make("a/run"), make("b/run"), make("runs/one"), make("runs/.hidden");
    std::filesystem::create_directories(scratch / "runs/empty");
    std::ofstream(scratch / "w.safetensors") << "x";
    Targets targets({scratch / "a/run/", scratch / "b/run", scratch / "w.safetensors", scratch / "runs"});
    std::vector<std::string> names;
    for (const Target& target : targets.all()) names.push_back(target.name);
    EXPECT_EQ(names, (std::vector<std::string>{"run", "run (2)", "w", "one"}));
    make("runs/another");
    std::this_thread::sleep_for(std::chrono::milliseconds(1050));
    ASSERT_EQ(targets.all().size(), 5U);
    EXPECT_EQ(targets.all()[4].name, "another") << "those that were there keep their numbers";
    EXPECT_TRUE(says(error_of([&] { Targets({scratch / "nothing"}); }), {"nothing"}));
}

TEST(Recipe, WordsSurviveAShellAndPython) {
    EXPECT_EQ(shell_word("runs/a-1_b.safetensors"), "runs/a-1_b.safetensors");
    EXPECT_EQ(shell_word("it's a run"), "'it'\\''s a run'");
    EXPECT_EQ(shell_word("$(rm)"), "'$(rm)'");
    EXPECT_EQ(shell_word(""), "''");
    EXPECT_EQ(python_text("a\"b\\c\n"), "\"a\\\"b\\\\c\\x0a\"");
}

}  // namespace

// SPDX-License-Identifier: MIT
// A real server and clients that mean no good: slow ones, too many, strange ones.
#include <chrono>
#include <fstream>
#include <thread>

#include <dlfcn.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "io/folder_lock.hpp"
#include "io/png.hpp"
#include "serve/client.hpp"
#include "serve/service.hpp"

namespace {

using namespace mf;
using test::Client;
using test::Reply;
using test::Scratch;
using namespace std::chrono_literals;

serve::ServiceRequest quick_service() {
    serve::ServiceRequest out;
    out.sources = {std::filesystem::path(MF_TEST_DATA) / "old_runs/toy"};
    out.port = 0;
    out.threads = 1;
    out.limits.count = 1'000'000;
    out.http.read_seconds = 0.4;
    out.http.write_seconds = 0.4;
    out.most_waiting = 1;
    return out;
}

/// Seconds of work, in small pieces.
const std::string kLong = R"({"model": "toy", "count": 1000000, "steps": 1000, "format": "json"})";
const std::string kShort = R"({"model": "toy", "count": 2, "format": "json"})";

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Until the server works on something.
void wait_for_work(int port) {
    for (int i = 0; i < 500; ++i) {
        if (Client(port).get("/healthz").json()["working"] == true) return;
        std::this_thread::sleep_for(2ms);
    }
    ADD_FAILURE() << "nothing is worked on";
}

TEST(Safety, StrangeBytesGetALineAndTheEnd) {
    const serve::Service service(quick_service());
    const auto status = [&](const std::string& bytes) {
        Client client(service.port());
        client.send(bytes);
        return client.read().status;
    };
    const std::string host = "Host: 127.0.0.1:" + std::to_string(service.port()) + "\r\n";
    EXPECT_EQ(status("hello\r\n\r\n"), 400);
    EXPECT_EQ(status("\x16\x03\x01\r\n\r\n"), 400);
    EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n"), 400) << "no Host";
    EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 403);
    EXPECT_EQ(status("GET / HTTP/1.1\r\n" + host + "Origin: http://evil.example\r\n\r\n"), 403);
    EXPECT_EQ(status("GET /" + std::string(6000, 'a') + " HTTP/1.1\r\n" + host + "\r\n"), 414);
    EXPECT_EQ(status("GET / HTTP/1.1\r\n" + std::string(20000, 'a')), 431);
    EXPECT_EQ(status("POST /api/sample HTTP/1.1\r\n" + host + "Content-Length: 70000\r\n\r\n"), 413);
    EXPECT_EQ(status("POST /api/sample HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n"), 411);
    EXPECT_EQ(status("POST /api/sample HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\n{}"), 415);
    EXPECT_EQ(status("POST /api/sample HTTP/1.1\r\n" + host +
                     "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"),
              415);
    EXPECT_EQ(status("OPTIONS /api/sample HTTP/1.1\r\n" + host + "\r\n"), 405);
    // Two requests at once are two answers; a body is not taken for a request.
    Client two(service.port());
    two.send(two.post_text("/api/sample", kShort) + "GET /healthz HTTP/1.1\r\n" + host + "\r\n");
    EXPECT_EQ(two.read().json()["count"], 2);
    EXPECT_EQ(two.read().json()["status"], "ok");
}

TEST(Safety, WhoeverTricklesIsDropped) {
    const serve::Service service(quick_service());
    const auto start = std::chrono::steady_clock::now();
    Client slow(service.port());
    for (int i = 0; i < 60 && !slow.closed(); ++i) {
        slow.send(i == 0 ? "GET / HTTP/1.1\r\n" : "X-" + std::to_string(i) + ": y\r\n");
        slow.read_more(0.02);
    }
    EXPECT_EQ(slow.read().status, 408);
    EXPECT_LT(seconds_since(start), 5);
    // The same with a body; others are answered meanwhile.
    Client body(service.port());
    body.send("POST /api/sample HTTP/1.1\r\n" + body.host() +
              "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{");
    EXPECT_EQ(Client(service.port()).post("/api/sample", kShort).status, 200);
    EXPECT_EQ(body.read().status, 408);
}

TEST(Safety, WhoeverDoesNotTakeAnAnswerIsDropped) {
    serve::ServiceRequest request = quick_service();
    request.http.connections = 4;
    const serve::Service service(request);
    Client deaf(service.port());
    deaf.send(deaf.post_text("/api/sample", R"({"model": "toy", "count": 1000000, "format": "json"})"));
    // Nothing is read. The connection counts as one of four until it is dropped.
    const auto start = std::chrono::steady_clock::now();
    bool free = false;
    int refused = 0;
    while (!free && seconds_since(start) < 20) {
        std::this_thread::sleep_for(50ms);
        Client a(service.port()), b(service.port()), c(service.port());
        for (Client* one : {&a, &b, &c}) one->send("GET / HTTP/1.1\r\n");
        std::this_thread::sleep_for(30ms);  // they are busy now, and keep their places
        free = Client(service.port()).get("/healthz").status == 200;
        refused += free ? 0 : 1;
    }
    EXPECT_GT(refused, 0);
    EXPECT_TRUE(free);
}

TEST(Safety, ConnectionsAreBounded) {
    serve::ServiceRequest request = quick_service();
    request.http.read_seconds = 20;
    request.http.connections = 4;
    const serve::Service service(request);
    {
        Client a(service.port()), b(service.port()), c(service.port()), d(service.port());
        for (Client* one : {&a, &b, &c, &d}) one->send("GET / HTTP/1.1\r\n");
        std::this_thread::sleep_for(100ms);
        Client fifth(service.port());
        const Reply reply = fifth.read();
        EXPECT_EQ(reply.status, 503);
        EXPECT_TRUE(reply.has("Retry-After: 1\r\n"));
        // One that goes on is answered.
        a.send(a.host() + "\r\n");
        EXPECT_EQ(a.read().status, 200);
    }
    // Those that only wait for another request give their place. The server needs a moment to see that a client has gone, or
    // has its answer.
    std::vector<std::unique_ptr<Client>> idle;
    const auto began = std::chrono::steady_clock::now();
    while (idle.size() < 12 && seconds_since(began) < 10) {
        auto next = std::make_unique<Client>(service.port());
        if (next->get("/healthz").status == 200) idle.push_back(std::move(next));
    }
    EXPECT_EQ(idle.size(), 12U);
}

TEST(Safety, RequestsThatWaitAreBounded) {
    const serve::Service service(quick_service());
    Client first(service.port());
    first.send(first.post_text("/api/sample", kLong));
    wait_for_work(service.port());
    {
        Client second(service.port());
        second.send(second.post_text("/api/sample", kLong));
        Reply third;
        const auto began = std::chrono::steady_clock::now();
        while (third.status != 503 && seconds_since(began) < 10) {
            if (Client(service.port()).get("/healthz").json()["waiting"] == 1)
                third = Client(service.port()).post("/api/sample", kShort);
            else
                std::this_thread::sleep_for(2ms);
        }
        EXPECT_EQ(third.status, 503);
        EXPECT_TRUE(third.has("Retry-After: "));
        EXPECT_TRUE(third.json().contains("hint"));
    }
    // The second went away: its place is free again. So is the thread that works once the first is gone, too.
    Reply fourth;
    { Client gone(service.port()); }
    const auto start = std::chrono::steady_clock::now();
    while (Client(service.port()).get("/healthz").json()["waiting"] != 0 && seconds_since(start) < 10)
        std::this_thread::sleep_for(10ms);
    EXPECT_LT(seconds_since(start), 5);
}

TEST(Safety, ARequestTakesNoLongerThanItMay) {
    serve::ServiceRequest request = quick_service();
    request.seconds = 0.3;
    const serve::Service service(request);
    const Reply reply = Client(service.port()).post("/api/sample", kLong);
    EXPECT_EQ(reply.status, 503);
    EXPECT_NE(reply.body.find("--time-limit"), std::string::npos) << reply.body;
    EXPECT_EQ(Client(service.port()).post("/api/sample", kShort).status, 200);
}

TEST(Safety, ANewerRequestOfAClientCancelsTheOlder) {
    const serve::Service service(quick_service());
    const auto with_client = [](std::string body) { return body.insert(1, "\"client\": \"c\", "); };
    Client older(service.port());
    older.send(older.post_text("/api/sample", with_client(kLong)));
    wait_for_work(service.port());
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(Client(service.port()).post("/api/sample", with_client(kShort)).status, 200);
    EXPECT_EQ(older.read().status, 409);
    EXPECT_LT(seconds_since(start), 5);
}

TEST(Safety, EventsAnswerAndCancel) {
    const serve::Service service(quick_service());
    Client stream(service.port());
    stream.send("GET /api/events?client=me HTTP/1.1\r\n" + stream.host() + "\r\n");
    ASSERT_TRUE(stream.wait_for("event: hello\ndata: {\"client\":\"me\"}\n\n")) << stream.bytes();
    EXPECT_NE(stream.bytes().find("Content-Type: text/event-stream"), std::string::npos);
    const auto ask = [&](int id, const std::string& body) {
        return Client(service.port())
            .post("/api/ask", R"({"client": "me", "path": "/api/sample", "id": )" + std::to_string(id) +
                                  ", \"body\": " + body + "}");
    };
    EXPECT_EQ(ask(1, kLong).status, 202);
    wait_for_work(service.port());
    EXPECT_EQ(ask(2, kLong).status, 202);
    EXPECT_EQ(ask(3, kShort).status, 202);
    EXPECT_TRUE(stream.wait_for("event: answer\ndata: {\"id\":3,\"lane\":\"\",\"answer\":{\"model\":\"toy\""))
        << stream.bytes();
    EXPECT_TRUE(stream.wait_for("event: cancelled\ndata: {\"id\":1,")) << stream.bytes();
    EXPECT_TRUE(stream.wait_for("event: cancelled\ndata: {\"id\":2,")) << stream.bytes();
    EXPECT_EQ(ask(4, R"({"model": "toy", "format": "json", "omega": 3})").status, 202);
    EXPECT_TRUE(stream.wait_for("event: failed\ndata: {\"id\":4,\"lane\":\"\",\"status\":400,\"error\":\""))
        << stream.bytes();
    EXPECT_EQ(ask(5, R"({"format": "npz"})").status, 400);
    // A newer stream of the client ends the older.
    Client newer(service.port());
    newer.send("GET /api/events?client=me HTTP/1.1\r\n" + newer.host() + "\r\n");
    EXPECT_TRUE(newer.wait_for("hello"));
    while (!stream.closed()) stream.read_more(1);
}

TEST(Safety, RunsAreShownWhileTheyGrow) {
    const Scratch scratch;
    std::filesystem::create_directories(scratch / "runs");
    std::filesystem::copy(std::filesystem::path(MF_TEST_DATA) / "old_runs/toy", scratch / "runs/a b",
                          std::filesystem::copy_options::recursive);
    serve::ServiceRequest request = quick_service();
    request.sources = {scratch / "runs"};
    const serve::Service service(request);
    Client stream(service.port());
    stream.send("GET /api/events?client=me HTTP/1.1\r\n" + stream.host() + "\r\n");
    ASSERT_TRUE(stream.wait_for("hello"));
    const auto get = [&](const std::string& path) { return Client(service.port()).get(path); };
    const nlohmann::json run = get("/api/runs").json()["runs"][0];
    EXPECT_EQ(run["name"], "a b");
    EXPECT_EQ(run["model"], "a b");
    EXPECT_EQ(run["step"], 12);
    EXPECT_EQ(run["training"], false);
    EXPECT_EQ(get("/api/runs/a%20b").json()["settings"]["data.name"], "checkerboard");
    const nlohmann::json curves = get("/api/runs/a%20b/curves?columns=loss,ms&points=4").json()["curves"];
    EXPECT_EQ(curves["loss"]["values"].size(), 4U);
    EXPECT_EQ(curves["ms"]["steps"].size(), 4U);
    std::this_thread::sleep_for(1100ms);  // the stream has had its first look
    const FolderLock lock(scratch / "runs/a b");
    std::ofstream(scratch / "runs/a b/metrics.jsonl", std::ios::app)
        << "{\"step\": 13, \"loss\": 0.5, \"inside@1\": 0.25}\n";
    EXPECT_TRUE(stream.wait_for("event: run\ndata: {\"name\":\"a b\",\"step\":13,\"training\":true}", 8))
        << stream.bytes();
    const nlohmann::json now = get("/api/runs").json()["runs"][0];
    EXPECT_EQ(now["scores"]["inside@1"]["value"], 0.25);
    EXPECT_EQ(now["training"], true);
    EXPECT_EQ(get("/api/runs/a%20b/curves?after=12").json()["curves"]["loss"]["values"],
              std::vector<double>{0.5});
    std::filesystem::create_directories(scratch / "runs/a b/samples");
    const Picture picture{2, 1, 1, {0, 255}};
    write_png(scratch / "runs/a b/samples/step_0000013.png", picture);
    EXPECT_EQ(get("/api/runs/a%20b/sheets/13").body, encode_png(picture));
    EXPECT_EQ(get("/api/runs/a%20b/sheets/12").status, 404);
    std::filesystem::copy(scratch / "runs/a b", scratch / "runs/c", std::filesystem::copy_options::recursive);
    EXPECT_TRUE(stream.wait_for("event: runs\n", 8));
    EXPECT_EQ(get("/api/models").json()["models"][1]["name"], "c");
}

double resident_mebibytes() {
    std::ifstream file("/proc/self/statm");
    long total = 0, resident = 0;
    file >> total >> resident;
    return static_cast<double>(resident * ::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

TEST(Safety, MemoryStaysFlat) {
    const serve::Service service(quick_service());
    const auto round = [&] {
        for (int i = 0; i < 100; ++i) {
            Client client(service.port());
            EXPECT_EQ(
                client
                    .post("/api/sample", R"({"model": "toy", "count": 2000, "format": "json", "client": "c)" +
                                             std::to_string(i) + "\"}")
                    .status,
                200);
            EXPECT_EQ(client.post("/api/sample", "{\"model\": " + std::string(30000, '9') + "}").status, 400);
            EXPECT_EQ(client.get("/api/runs").status, 200);
        }
    };
    round();
    const double before = resident_mebibytes();
    for (int i = 0; i < 4; ++i) round();
    // AddressSanitizer keeps what was freed for a while, and finds what was not freed by itself.
    const double most = ::dlsym(RTLD_DEFAULT, "__asan_init") != nullptr ? 500 : 8;
    EXPECT_LT(resident_mebibytes() - before, most);
}

TEST(Safety, EndsInTheMiddleOfARequest) {
    serve::ServiceRequest request = quick_service();
    serve::Service service(request);
    Client busy(service.port()), idle(service.port()), stream(service.port());
    EXPECT_EQ(idle.get("/healthz").status, 200);
    stream.send("GET /api/events?client=me HTTP/1.1\r\n" + stream.host() + "\r\n");
    busy.send(busy.post_text("/api/sample", kLong));
    wait_for_work(service.port());
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(service.stop(5));
    EXPECT_LT(seconds_since(start), 1);
    EXPECT_EQ(Client(service.port()).get("/healthz").status, 0);
}

}  // namespace

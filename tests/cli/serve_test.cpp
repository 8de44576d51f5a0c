// SPDX-License-Identifier: MIT
// meanflow serve: the program, its options and its end.
#include <chrono>
#include <csignal>
#include <thread>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "serve/client.hpp"

namespace {

using namespace mf::test;
using namespace std::chrono_literals;

const std::string kRuns = std::string(MF_TEST_DATA) + "/old_runs";

/// The port in what it prints; 0 when it ended before.
int port_of(Program& program) {
    for (int i = 0; i < 4000 && program.running(); ++i) {
        const std::string out = program.out();
        const std::size_t at = out.rfind(':');
        if (out.starts_with("http://") && out.ends_with("/\n")) return std::stoi(out.substr(at + 1));
        std::this_thread::sleep_for(5ms);
    }
    return 0;
}

TEST(Serve, ServesUntilASignalComes) {
    for (const int signal : {SIGINT, SIGTERM}) {
        const Scratch scratch;
        Program program(
            scratch,
            {"serve", kRuns + "/toy", kRuns, "--port", "0", "--threads", "1", "--most-count", "1000000"}, {});
        const int port = port_of(program);
        ASSERT_GT(port, 0) << program.err();
        EXPECT_EQ(Client(port).get("/healthz").status, 200);
        EXPECT_GE(Client(port).get("/api/models").json()["models"].size(), 3U);
        Client busy(port);
        busy.send(busy.post_text("/api/sample",
                                 R"({"model": "toy", "count": 1000000, "steps": 1000, "format": "json"})"));
        while (Client(port).get("/healthz").json()["working"] != true) std::this_thread::sleep_for(2ms);
        const auto start = std::chrono::steady_clock::now();
        program.send(signal);
        EXPECT_EQ(program.wait(), 0) << program.err();
        EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
    }
}

TEST(Serve, SaysWhatIsWrong) {
    const Scratch scratch;
    const auto refused = [&](std::vector<std::string> words, int code, const std::string& part) {
        words.insert(words.begin(), "serve");
        const Outcome outcome = run_program(scratch, words);
        EXPECT_EQ(outcome.code, code) << outcome.err;
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    };
    refused({}, 2, "something is missing");
    refused({"nothing"}, 2, "nothing");
    refused({kRuns + "/toy", "--listen", "0.0.0.0"}, 2, "--token");
    refused({kRuns + "/toy", "--listen", "0.0.0.0", "--token", "abc"}, 2, "--token");
    refused({kRuns + "/toy", "--listen", "here"}, 2, "--listen here");
    refused({kRuns + "/toy", "--port", "70000"}, 2, "--port");
    refused({kRuns + "/toy", "--vae", "nothing.safetensors"}, 2, "--vae nothing.safetensors");
    refused({kRuns + "/toy/config.yaml"}, 1, "config.yaml");
    Program first(scratch, {"serve", kRuns + "/toy", "--port", "0"}, {});
    const int port = port_of(first);
    const Scratch other;
    const Outcome second = run_program(other, {"serve", kRuns + "/toy", "--port", std::to_string(port)});
    EXPECT_EQ(second.code, 1);
    EXPECT_NE(second.err.find("--port 0"), std::string::npos) << second.err;
}

}  // namespace

// SPDX-License-Identifier: MIT
// meanflow serve: the program, its options and its end.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
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

/// A folder with a program that only writes down what it was asked to open.
void write_fake_opener(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    const std::filesystem::path file = folder / "xdg-open";
    std::ofstream(file)
        << "#!/bin/sh\nprintf '%s' \"$1\" >opened.part && mv opened.part opened\nexec sleep 2\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
}

/// The path of programs while it lives.
class PathOfPrograms {
  public:
    explicit PathOfPrograms(const std::string& path) : before_(std::getenv("PATH")) {
        ::setenv("PATH", path.c_str(), 1);
    }
    ~PathOfPrograms() { ::setenv("PATH", before_.c_str(), 1); }
    PathOfPrograms(const PathOfPrograms&) = delete;
    PathOfPrograms& operator=(const PathOfPrograms&) = delete;

  private:
    std::string before_;
};

TEST(Serve, OpensTheBrowserWhereThereIsOne) {
    const Scratch scratch;
    write_fake_opener(scratch / "bin");
    const PathOfPrograms path((scratch / "bin").string() + ":/usr/bin:/bin");
    const std::string token = "0123456789abcdef";
    Program program(
        scratch, {"serve", kRuns + "/toy", "--port", "0", "--open", "--listen", "0.0.0.0", "--token", token},
        {});
    const int port = port_of(program);
    ASSERT_GT(port, 0) << program.err();
    for (int i = 0; i < 2000 && !std::filesystem::exists(scratch / "opened"); ++i)
        std::this_thread::sleep_for(5ms);
    const std::string here = "http://127.0.0.1:" + std::to_string(port) + "/?token=" + token;
    EXPECT_EQ(text_of(scratch / "opened"), here);
    EXPECT_NE(program.err().find(here + " opens the page"), std::string::npos) << program.err();
    // The browser is not waited for, neither now nor at the end.
    const auto start = std::chrono::steady_clock::now();
    program.send(SIGINT);
    EXPECT_EQ(program.wait(), 0) << program.err();
    EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
}

TEST(Serve, ServesWhereNoBrowserIs) {
    const Scratch scratch;
    std::filesystem::create_directories(scratch / "empty");
    const PathOfPrograms path(scratch / "empty");
    Program program(scratch, {"serve", kRuns + "/toy", "--port", "0", "--open"}, {});
    const int port = port_of(program);
    ASSERT_GT(port, 0) << program.err();
    EXPECT_EQ(Client(port).get("/healthz").status, 200);
    for (int i = 0; i < 400 && program.err().find("Ctrl-C") == std::string::npos; ++i)
        std::this_thread::sleep_for(5ms);
    EXPECT_NE(program.err().find("there is no xdg-open here"), std::string::npos) << program.err();
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

// SPDX-License-Identifier: MIT
#include "plot/child.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.hpp"

extern char** environ;  // NOLINT: POSIX names it

namespace mf::plot {
namespace {

// The read and the write end, closed at the latest with the object.
struct Pipe {
    int ends[2] = {-1, -1};
    Pipe() {
        check(::pipe2(ends, O_CLOEXEC) == 0, "[plot] no pipe to a child process: {}", std::strerror(errno));
    }
    ~Pipe() {
        close(0);
        close(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close(int which) {
        if (ends[which] >= 0) ::close(ends[which]);
        ends[which] = -1;
    }
};

// What the child does before it becomes the program.
struct SpawnSetup {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    SpawnSetup(int error_end, const char* folder) {
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, error_end, STDERR_FILENO);
        posix_spawn_file_actions_addchdir_np(&actions, folder);
        // Signals that a thread of ours blocks must reach the child all the same.
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    }
    ~SpawnSetup() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    SpawnSetup(const SpawnSetup&) = delete;
    SpawnSetup& operator=(const SpawnSetup&) = delete;
};

// Waits for the child whatever happens, so that it never stays behind as a zombie.
struct Waiter {
    pid_t id = 0;  // 0: not started, or waited for
    int status = 0;
    Waiter() = default;
    ~Waiter() { wait(); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    int wait() {
        while (id != 0)
            if (::waitpid(id, &status, 0) >= 0 || errno != EINTR) id = 0;
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
};

std::string read_all(int end) {
    std::string text;
    char buffer[4096];
    while (true) {
        const ssize_t got = ::read(end, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return text;
        // The first pages are plenty; the rest is read so that the child is not blocked.
        if (text.size() < 65536) text.append(buffer, static_cast<std::size_t>(got));
    }
}

}  // namespace

std::optional<std::filesystem::path> find_program(std::string_view name) {
    const char* variable = std::getenv("PATH");
    std::string_view rest = variable == nullptr ? "/usr/bin:/bin" : variable;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        const std::filesystem::path folder(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!folder.is_absolute()) continue;  // "." would run whatever lies in the run folder
        std::filesystem::path file = folder / name;
        std::error_code ignored;
        if (std::filesystem::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0) return file;
    }
    return std::nullopt;
}

ChildResult run_child(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                      const std::filesystem::path& folder) {
    std::string first = program.string();
    std::vector<std::string> words = arguments;
    std::vector<char*> argv{first.data()};
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);

    Waiter child;
    Pipe errors;  // after the child: it must be closed first, or a talkative child would never end
    SpawnSetup setup(errors.ends[1], folder.c_str());
    pid_t id = 0;
    const int failure =
        ::posix_spawn(&id, program.c_str(), &setup.actions, &setup.attributes, argv.data(), environ);
    check(failure == 0, "[plot] {} cannot be started in {}: {}", first, folder.string(),
          std::strerror(failure));
    child.id = id;
    errors.close(1);
    ChildResult result;
    result.errors = read_all(errors.ends[0]);
    result.code = child.wait();
    return result;
}

}  // namespace mf::plot

// SPDX-License-Identifier: MIT
#include "cli/browser.hpp"

#include <array>
#include <csignal>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mf::cli {

bool open_in_browser(const std::string& address) {
    // The shell ends at once, so that nobody has to wait for a browser. The address is an argument, never part of the script.
    constexpr const char* script =
        "command -v xdg-open >/dev/null 2>&1 || exit 1\n"
        "xdg-open \"$1\" </dev/null >/dev/null 2>&1 &";
    std::string words[] = {"sh", "-c", script, "sh", address};
    std::array<char*, 6> arguments{};
    for (std::size_t i = 0; i < std::size(words); ++i) arguments[i] = words[i].data();
    // Ctrl-C is for the server, not for the browser, and what this program waits for by a mask is not what others do.
    posix_spawnattr_t how;
    if (::posix_spawnattr_init(&how) != 0) return false;
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&how, &none);
    ::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    pid_t child = -1;
    const bool made = ::posix_spawn(&child, "/bin/sh", nullptr, &how, arguments.data(), environ) == 0;
    ::posix_spawnattr_destroy(&how);
    int status = 0;
    return made && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace mf::cli

// SPDX-License-Identifier: MIT
#include "cli/program.hpp"

#include <csignal>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mf::test {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Program::Program(const Scratch& scratch, std::vector<std::string> words, const Limits& limits)
    : out_(scratch / "stdout.txt"), err_(scratch / "stderr.txt") {
    words.insert(words.begin(), MF_PROGRAM);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const std::string out = limits.out_device.empty() ? out_.string() : limits.out_device;
    pid_ = ::fork();
    if (pid_ != 0) return;
    // The child: nothing here may allocate or return.
    if (::chdir(scratch.folder().c_str()) != 0) ::_exit(127);
    const int to = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int errors = ::open(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(to, STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    if (limits.file_bytes > 0) {
        const rlimit most{limits.file_bytes, limits.file_bytes};
        ::setrlimit(RLIMIT_FSIZE, &most);
    }
    ::alarm(300);  // it survives exec: a program that hangs ends, and the test with it
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

Program::~Program() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        wait();
    }
}

// A process number of -1, which a child has once it is gone, would mean every process there is.
void Program::send(int signal) const {
    if (pid_ > 0) ::kill(pid_, signal);
}

bool Program::running() {
    if (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
    return pid_ > 0;
}

int Program::wait() {
    if (pid_ > 0) ::waitpid(pid_, &status_, 0);
    pid_ = -1;
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

std::string Program::out() const { return text_of(out_); }
std::string Program::err() const { return text_of(err_); }

Outcome run_program(const Scratch& scratch, const std::vector<std::string>& words,
                    const Program::Limits& limits) {
    Program program(scratch, words, limits);
    const int code = program.wait();
    return {code, program.out(), program.err()};
}

std::vector<std::string> small_training(const std::string& out, std::vector<std::string> more) {
    std::vector<std::string> words = {"train",          "toy/imf",
                                      "model.width=16", "model.depth=2",
                                      "train.batch=64", "train.steps=40",
                                      "save.every=10",  "--quiet",
                                      "--threads",      "1",
                                      "--out",          out};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

}  // namespace mf::test

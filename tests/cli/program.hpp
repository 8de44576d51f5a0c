// SPDX-License-Identifier: MIT
// Runs the real program, as a shell would.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/scratch.hpp"

namespace mf::test {

std::string text_of(const std::filesystem::path& path);

/// A child process of the program, with its output in files of the scratch folder.
class Program {
  public:
    struct Limits {
        std::uint64_t file_bytes = 0;  ///< largest file it may write; 0: any
        std::string out_device = {};   ///< standard output goes here; empty: to a file that is read back
    };

    Program(const Scratch& scratch, std::vector<std::string> words, const Limits& limits);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// To the child alone.
    void send(int signal) const;
    bool running();
    /// Exit code; 128 + signal when one ended it.
    int wait();
    std::string out() const;
    std::string err() const;

  private:
    std::filesystem::path out_, err_;
    pid_t pid_ = -1;
    int status_ = 0;
};

struct Outcome {
    int code;
    std::string out, err;
};

/// Runs to the end.
Outcome run_program(const Scratch& scratch, const std::vector<std::string>& words,
                    const Program::Limits& limits = {});

/// A training that takes a few milliseconds.
std::vector<std::string> small_training(const std::string& out, std::vector<std::string> more = {});

}  // namespace mf::test

// SPDX-License-Identifier: MIT
// What is served: the runs, files and folders of runs that the command line names, under names of their own. Requests
// name these; nothing else of the file system can be reached.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "serve/socket.hpp"

namespace mf::serve {

struct Target {
    std::string name;            ///< "fashion"; no two have the same
    std::filesystem::path path;  ///< as it was given, or FOLDER/NAME
    bool run = false;            ///< a run, not a file
    bool named = false;          ///< by a person, and not found in a folder
};

class Targets {
  public:
    /// UsageError for a path where there is nothing, and for one that is neither a run, a file nor a folder.
    explicit Targets(const std::vector<std::filesystem::path>& sources);

    /// All of them; folders are looked through again when the last look was more than a second ago. Those that were
    /// there keep their place, also when they are gone.
    std::vector<Target> all();

  private:
    void look();
    void add(const std::filesystem::path& path, bool run, bool named);

    std::vector<std::filesystem::path> folders_;
    std::mutex mutex_;
    std::vector<Target> targets_;
    Clock::time_point looked_{};
};

/// Changes whenever the target holds newer weights: its newest checkpoint, or the file, and its time. "" when there are
/// none.
std::string weights_stamp(const Target& target);

}  // namespace mf::serve

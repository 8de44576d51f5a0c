// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "io/file.hpp"

namespace mf {

/// Keeps a folder to one run at a time, for as long as the object lives (and no longer: the system lets go of
/// it when the process dies, however it dies). It locks the file ".lock" in the folder, which holds the process id and goes
/// with the lock; a process that was killed leaves it, and it locks nothing.
class FolderLock {
  public:
    /// Throws Error when somebody else holds the folder (the message says which process) or when it cannot be
    /// locked.
    explicit FolderLock(const std::filesystem::path& folder);
    ~FolderLock();
    FolderLock(FolderLock&&) = default;
    FolderLock& operator=(FolderLock&&) = default;

  private:
    std::filesystem::path file_;
    Descriptor descriptor_;
    int process_ = 0;  ///< whose it is: a child made by fork leaves it alone
};

}  // namespace mf

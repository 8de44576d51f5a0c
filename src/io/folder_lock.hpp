// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "io/file.hpp"

namespace mf {

/// Keeps a folder to one run at a time, for as long as the object lives (and no longer: the system lets go of
/// it when the process dies, however it dies). It locks the file ".lock" in the folder, which stays there,
/// with the process id.
class FolderLock {
  public:
    /// Throws Error when somebody else holds the folder (the message says which process) or when it cannot be
    /// locked.
    explicit FolderLock(const std::filesystem::path& folder);

  private:
    Descriptor descriptor_;
};

}  // namespace mf

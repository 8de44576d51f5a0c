// SPDX-License-Identifier: MIT
// Compiled programs in a folder, for the next run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace mf::gpu {

/// Where programs of `kind` ("opencl", "cuda") are kept: the folder meanflow/<kind> in $XDG_CACHE_HOME or ~/.cache; empty
/// where neither is set.
std::filesystem::path cache_folder(std::string_view kind);

class ProgramFiles {
  public:
    /// `kind` marks the files. An empty folder: nothing is kept.
    ProgramFiles(std::string kind, std::filesystem::path folder);

    /// The program that was kept for this key, all that it depends on; empty when there is none, or none that is whole.
    std::string read(std::string_view name, const std::string& key) const;
    /// A folder that cannot be written costs the next run its time, and nothing else.
    void write(std::string_view name, const std::string& key, std::string_view program) const;

  private:
    std::filesystem::path file_of(std::string_view name, const std::string& key) const;
    std::string head_of(const std::string& key, std::string_view program) const;

    std::string kind_;
    std::filesystem::path folder_;
};

}  // namespace mf::gpu

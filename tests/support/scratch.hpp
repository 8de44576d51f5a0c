// SPDX-License-Identifier: MIT
// A folder for a test to write to.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace mf::test {

/// A folder of its own for each test; it goes with the object.
class Scratch {
  public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    const std::filesystem::path& folder() const { return folder_; }
    std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }
    /// A file with this content.
    std::filesystem::path put(const std::string& name, const std::string& content) const;
    /// Names in the folder, hidden ones too.
    std::vector<std::string> names() const;

  private:
    std::filesystem::path folder_;
};

}  // namespace mf::test

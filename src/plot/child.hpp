// SPDX-License-Identifier: MIT
// Running another program without a shell.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mf::plot {

/// The program's absolute path from the absolute folders in PATH, or nothing.
std::optional<std::filesystem::path> find_program(std::string_view name);

struct ChildResult {
    int code = 0;        ///< exit code, or 128 + the signal that ended it
    std::string errors;  ///< what it wrote to standard error
};

/// Runs `program` in `folder` with the arguments as they are, standard input and output closed off, and waits
/// for it. Error when it cannot be started.
ChildResult run_child(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                      const std::filesystem::path& folder);

}  // namespace mf::plot

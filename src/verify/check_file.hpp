// SPDX-License-Identifier: MIT
// This build against the golden vectors of a file, or of all files of a folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "verify/place.hpp"
#include "verify/reference.hpp"

namespace mf::verify {

/// What became of one file.
struct Case {
    std::string file, status,
        remark;  ///< status: passed, failed, measured (bf16: nothing is judged), skipped
    TensorError worst{"", 0, 0};
    std::vector<TensorError> all;
    std::vector<std::string> unchecked;  ///< tensors that no check used
};

/// The file itself, or the .safetensors files of a folder in the order of their names. Error when there are none.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& target);
/// Never throws for what is in the file: that is a failed case.
Case check_file(const std::filesystem::path& path, Precision precision, const Place& place);
/// The same on the CPU.
Case check_file(const std::filesystem::path& path, Precision precision, Team& team);

/// What the tolerances, which are for the CPU, are multiplied with on this device (docs/gpu.md, "Checks"). UsageError for one
/// that rounds factors.
double allowance_of(const Device& device);

}  // namespace mf::verify

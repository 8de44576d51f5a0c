// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace mf::cli {

/// The most memory that this process ever had in RAM.
std::size_t peak_resident_bytes();

inline double mebibytes(std::size_t bytes) { return static_cast<double>(bytes) / 1048576.0; }

}  // namespace mf::cli

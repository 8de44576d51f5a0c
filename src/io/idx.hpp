// SPDX-License-Identifier: MIT
// IDX: the arrays of MNIST and its relatives. Two zero bytes, a byte for the type of the values, a byte for the
// number of dimensions, the dimensions (32 bits each, big endian), the values in row-major order.
// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section on file formats.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/shape.hpp"

namespace mf {

/// An array of bytes.
struct IdxArray {
    Shape shape;
    std::vector<std::uint8_t> values;  ///< (*shape)
};

/// Reads an IDX file of unsigned bytes with 1 to 5 dimensions, plain or packed by gzip. Error when it is none, when
/// it holds more or fewer values than it says, or when these would take more than `most_bytes` bytes.
IdxArray read_idx(const std::filesystem::path& path, std::uint64_t most_bytes = std::uint64_t{1} << 32);

}  // namespace mf

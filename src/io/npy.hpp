// SPDX-License-Identifier: MIT
// Single arrays in NumPy's .npy format (numpy/lib/format.py, versions 1.0 to 3.0).
// Numbers: f2, f4, f8, i4, i8 (little endian), u1, and b1 (read as u8); C order; up to five dimensions.
#pragma once

#include <filesystem>
#include <string>

#include "io/byte_source.hpp"
#include "tensor/tensor.hpp"

namespace mf {

/// Error for other types, big-endian numbers, Fortran order, and a file shorter or longer than its header
/// says.
Tensor read_npy(const std::filesystem::path& path);

/// Writes version 1.0, atomically. Error for bf16, which NumPy does not know, and for a tensor without
/// memory.
void write_npy(const std::filesystem::path& path, const Tensor& tensor);

/// An array from the bytes of a .npy file; `name` is the path, for messages.
Tensor read_npy_from(ByteSource& source, const std::string& name);

/// Everything in a .npy file before the numbers of `tensor`; its length is a multiple of 64.
std::string npy_header(const Tensor& tensor, const std::string& name);

}  // namespace mf

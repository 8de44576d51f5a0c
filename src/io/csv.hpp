// SPDX-License-Identifier: MIT
// Numbers in text files of rows: what spreadsheets, numpy.savetxt and this program write.
#pragma once

#include <filesystem>

#include "tensor/tensor.hpp"

namespace mf {

/// Rows of equal length, (rows, columns) f32. Separated by commas, semicolons, tabs or blanks; blank lines and lines that
/// begin with # are nothing; a first line without a number is a heading. Error names the line that is no row of numbers.
Tensor read_csv(const std::filesystem::path& path);

}  // namespace mf

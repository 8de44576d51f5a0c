// SPDX-License-Identifier: MIT
// The header of a .npy file: what an array is, before any of its numbers is read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/shape.hpp"
#include "io/byte_source.hpp"

namespace mf {

/// What a header says. Every array has one, also those whose content cannot be read here.
struct NpyAbout {
    std::string type;  ///< as it stands there: "<f4", "|u1", "<U5"; "records" for named fields
    bool fortran = false;
    std::vector<std::int64_t> dims;

    std::string type_text() const;   ///< "f4", fit for a message
    std::string shape_text() const;  ///< "(3, 4)"
    /// "f4 (3, 4)", for lists of what a file holds.
    std::string text() const;
};

/// Reads the header (versions 1 to 3) and leaves `source` at the first number. `name`: the path, for messages.
NpyAbout read_npy_about(ByteSource& source, const std::string& name);

/// Everything in a version 1 file before the numbers; its length is a multiple of 64. `type`: "<f4".
std::string npy_header_text(std::string_view type, const std::vector<std::int64_t>& dims);

}  // namespace mf

// SPDX-License-Identifier: MIT
// Texts as the oldest pickles spell them; used by pickle_opcodes.cpp alone.
#pragma once

#include <string>
#include <string_view>

namespace mf {

/// Without its quotes and Python's escapes; what is no known escape stays as it is.
std::string unquoted(std::string_view line);
/// As UTF-8, with \uXXXX and \UXXXXXXXX resolved; other bytes are Latin-1.
std::string unescaped(std::string_view line);
/// The bytes that were written as Latin-1 characters: how protocol 2 carries bytes. Characters above 255 give '?'.
std::string latin1_bytes(std::string_view utf8);

}  // namespace mf

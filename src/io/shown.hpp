// SPDX-License-Identifier: MIT
// Words that came out of a file, made fit to stand in an error message.
#pragma once

#include <string>
#include <string_view>

namespace mf {

/// `text` in single quotes, on one line and at most about 60 bytes long: control characters become '?', and
/// what is too long ends in "...".
std::string shown(std::string_view text);

/// True when `text` is well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

}  // namespace mf

// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace mf {

/// The order of names that people expect: 2 before 10, a9 before a10. Runs of the digits 0 to 9 are compared as whole
/// numbers, of any length; everything else byte by byte, so upper case goes before lower case and other scripts follow
/// by code point. Names that differ in leading zeros only: the one with more of them goes first. A strict weak order in
/// which no two different names are equal.
bool natural_less(std::string_view a, std::string_view b);

}  // namespace mf

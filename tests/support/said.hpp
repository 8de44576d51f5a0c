// SPDX-License-Identifier: MIT
// What an error says.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>

#include "core/error.hpp"

namespace mf::test {

/// "line | hint" of the Error that `function` throws.
template <class Function>
std::string error_of(Function function) {
    try {
        function();
    } catch (const Error& error) {
        return std::string(error.what()) + " | " + error.hint();
    }
    return "nothing was wrong";
}

inline bool says(const std::string& text, std::initializer_list<const char*> parts) {
    return std::ranges::all_of(parts, [&](const char* part) { return text.find(part) != std::string::npos; });
}

}  // namespace mf::test

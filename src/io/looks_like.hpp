// SPDX-License-Identifier: MIT
// What a file is that was taken for another: people hand over pointers, web pages and archives under the right name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mf {

struct LooksLike {
    std::string what;  ///< "a Git LFS pointer", "an HTML page"
    std::string hint;  ///< what to do; may be empty
};

/// How many bytes of a file are worth showing to looks_like.
inline constexpr std::uint64_t kTellingBytes = 1024;

/// Told by the first bytes (fewer than kTellingBytes say less). Nothing when they are of no known kind.
std::optional<LooksLike> looks_like(std::string_view start, std::uint64_t file_bytes);

/// Throws Error: "[room] name: is not an .npy file, but an HTML page", with the hint of that kind.
[[noreturn]] void refuse_as(const char* room, const std::string& what, const std::string& name,
                            std::string_view start, std::uint64_t file_bytes);

}  // namespace mf

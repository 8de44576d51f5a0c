// SPDX-License-Identifier: MIT
// The header of a safetensors file as text; used by safetensors.cpp alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "io/safetensors.hpp"

namespace mf {

/// The official readers refuse headers longer than this.
inline constexpr std::uint64_t kMostSafetensorsHeader = 100'000'000;

/// Length of the header from the first bytes of a file (kTellingBytes, or the whole of a smaller one). Error when the
/// file cannot hold it or is something else, in which case it says what. `name`: the path, for messages.
std::uint64_t safetensors_header_length(std::string_view start, std::uint64_t file_bytes,
                                        const std::string& name);

/// Checks the header `json` of a file of `file_bytes`: known dtypes, shapes that fit, byte ranges that agree
/// with the shapes and cover the rest of the file without gap or overlap.
SafetensorsHeader parse_safetensors_header(std::string_view json, std::uint64_t file_bytes,
                                           const std::string& name);

/// The 8 bytes of length and the header (padded with blanks to a multiple of 8) for tensors whose `offset`
/// counts from the end of the header. Error when a name or the metadata is not UTF-8.
std::string safetensors_header_text(const SafetensorsHeader& header, const std::string& name);

}  // namespace mf

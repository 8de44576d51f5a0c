// SPDX-License-Identifier: MIT
// What the build put into the program: its version and the configurations that need no file.
#pragma once

#include <span>
#include <string_view>

namespace mf {

struct EmbeddedFile {
    std::string_view name;  ///< "toy/best"
    std::string_view text;
};

/// "0.1.0"
std::string_view program_version();
/// "commit 0123456789ab", with "and changes" behind it when files differed from it; "release" outside of a repository.
std::string_view build_commit();
/// "GNU 12.2.0, Release"
std::string_view build_compiler();
/// The files of configs/, in the order of their names.
std::span<const EmbeddedFile> embedded_configs();
/// What `meanflow train` trains when nobody says.
inline constexpr std::string_view default_config = "toy/best";

}  // namespace mf

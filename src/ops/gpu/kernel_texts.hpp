// SPDX-License-Identifier: MIT
// The texts of this room's kernels (*.cl), written into the program by CMake.
#pragma once

#include <span>
#include <string_view>

namespace mf {

struct KernelText {
    std::string_view name;  ///< of its file, without ".cl"
    std::string_view text;
};
std::span<const KernelText> kernel_texts();
/// Error when there is none of this name.
std::string_view kernel_text(std::string_view name);

}  // namespace mf

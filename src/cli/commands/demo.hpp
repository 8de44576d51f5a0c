// SPDX-License-Identifier: MIT
// The two kinds of demo.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace mf::cli {

/// fm, mf and imf learn the checkerboard by one recipe; pictures and a table compare them at 1 to 500 sampler steps.
int demo_points(const Invocation& invocation);

/// imf (with --compare mf and fm too) learns pictures: Fashion-MNIST for "images", drawn ones for "shapes".
int demo_images(const Invocation& invocation, const std::string& what);

}  // namespace mf::cli

// SPDX-License-Identifier: MIT
// meanflow eval for images: runs, checkpoints and files of images against their data set; two files of features.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace mf::cli {

/// True when `target` is a run or checkpoint whose samples are images, or a file with an array of images (n, H, W, C).
bool is_about_images(const std::string& target);

/// All words of the invocation are such targets.
int eval_images(const Invocation& invocation);
/// --features: the first file holds the features of generated samples, the second those of real ones.
int eval_features(const Invocation& invocation);

}  // namespace mf::cli

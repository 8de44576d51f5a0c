// SPDX-License-Identifier: MIT
// Going back in a run loses nothing: what was made after the step that it goes on from is moved into a folder of its
// own, which is a run as well.
#pragma once

#include <cstdint>
#include <filesystem>

namespace mf {

/// Moves the checkpoints and pictures of samples of steps after `step` into RUN/aside-1 (or -2, ...), with copies of
/// config.yaml and metrics.jsonl as they are. Returns that folder; empty when no checkpoint is newer. Error when
/// something cannot be moved.
std::filesystem::path set_aside_after(const std::filesystem::path& run, std::int64_t step);

}  // namespace mf

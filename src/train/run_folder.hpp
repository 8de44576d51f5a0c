// SPDX-License-Identifier: MIT
// The folder of one run: config.yaml, metrics.jsonl, events, checkpoints/, samples/, figures/.
//
// Whatever happens at whatever moment, the folder holds a whole configuration and whole checkpoints: both are
// written under another name, synced and renamed, and an old checkpoint goes only after a newer one is safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "io/folder_lock.hpp"
#include "train/checkpoint.hpp"

namespace mf {

class RunFolder {
  public:
    /// Starts a run. UsageError when the folder holds one already; Error when it cannot be made or is in use.
    static RunFolder start(const std::filesystem::path& path, const Settings& settings);
    /// Goes on with the run that is there (or starts it, when nothing is there). UsageError names every key
    /// that differs from the run's and may not change between two halves of one run.
    static RunFolder resume(const std::filesystem::path& path, const Settings& settings);

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }
    std::filesystem::path samples() const { return path_ / "samples"; }
    std::filesystem::path figures() const { return path_ / "figures"; }

    /// Saves and then deletes what is older than the newest `keep` (0: nothing).
    std::filesystem::path save(Trainer& trainer, const Settings& settings, std::int64_t keep);

  private:
    RunFolder(const std::filesystem::path& path);

    std::filesystem::path path_;
    FolderLock lock_;
};

/// True when the folder holds the configuration of a run.
bool is_run(const std::filesystem::path& path);
/// The configuration of a run as it was started. Error when there is none.
Settings settings_of_run(const std::filesystem::path& path);

/// The checkpoints of a run, oldest first.
std::vector<std::filesystem::path> checkpoints_of(const std::filesystem::path& run);
/// The step in the name "step_1000.safetensors"; nothing for other names.
std::optional<std::int64_t> step_of(const std::filesystem::path& checkpoint);
/// The newest checkpoint that is whole; one line in `remarks` for each newer one that is not. Nothing when
/// there is none.
std::optional<Checkpoint> newest_checkpoint(const std::filesystem::path& run,
                                            std::vector<std::string>& remarks);
/// `target` is a run (its newest whole checkpoint, or that of `step` when it is not negative) or a checkpoint
/// file.
Checkpoint find_checkpoint(const std::filesystem::path& target, std::int64_t step,
                           std::vector<std::string>& remarks);

}  // namespace mf

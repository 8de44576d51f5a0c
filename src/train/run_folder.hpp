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
    /// Goes on with the run that is there (or starts it, when nothing is there): from the checkpoint of `step`, or
    /// from the newest good one when it is negative. Nothing in the folder changes before begin(). UsageError names
    /// every key that differs from the run's and may not change between two halves of one run.
    static RunFolder resume(const std::filesystem::path& path, const Settings& settings,
                            std::int64_t step = -1);

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }
    std::filesystem::path samples() const { return path_ / "samples"; }
    std::filesystem::path figures() const { return path_ / "figures"; }

    /// What a resumed run goes on from; nothing: it starts with step 1.
    const std::optional<Checkpoint>& point() const { return point_; }
    /// Frees the checkpoint once its numbers are where they belong.
    void forget_point() { point_.reset(); }
    /// Checkpoints that were left out, a line each.
    const std::vector<std::string>& remarks() const { return remarks_; }
    /// Lines to be noted in the run: keys that changed with the resumption (train/run_changes.hpp).
    const std::vector<std::string>& changes() const { return changes_; }
    void note(const std::string& change) { changes_.push_back(change); }

    /// Before the first step of a run that has `done` steps: the configuration is written, and what was saved after
    /// `done` is set aside (train/set_aside.hpp) in the folder that is returned, if there was any.
    std::filesystem::path begin(const Settings& settings, std::int64_t done);
    /// Saves and then deletes what is older than the newest `keep` (0: nothing), but for what is pinned.
    std::filesystem::path save(Trainer& trainer, const Settings& settings, std::int64_t keep);
    /// Deletes all checkpoints but the newest `keep` (0: nothing) and those that are pinned.
    void rotate(std::int64_t keep) const;
    /// This checkpoint is never deleted.
    void pin(const std::filesystem::path& checkpoint) const;

  private:
    RunFolder(const std::filesystem::path& path);

    std::filesystem::path path_;
    FolderLock lock_;
    std::optional<Checkpoint> point_;
    std::vector<std::string> remarks_, changes_;
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
/// The same, of those whose numbers are all finite: a run can go on from it.
std::optional<Checkpoint> newest_good_checkpoint(const std::filesystem::path& run,
                                                 std::vector<std::string>& remarks);
/// `target` is a run (its newest whole checkpoint, or that of `step` when it is not negative) or a checkpoint
/// file.
Checkpoint find_checkpoint(const std::filesystem::path& target, std::int64_t step,
                           std::vector<std::string>& remarks);

}  // namespace mf

// SPDX-License-Identifier: MIT
// A training run as other programs hold it: a step at a time, saved when they say so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/arrays.hpp"
#include "door/model.hpp"
#include "train/config.hpp"
#include "train/trainer.hpp"

namespace mf::door {

struct TrainingRequest {
    std::string config;             ///< a file or a built-in one ("toy/imf"); empty: the defaults
    std::vector<ConfigItem> items;  ///< later than the configuration's, which they override
    int threads = 0;                ///< 0: all cores
    std::string device = "cpu";     ///< what computes (ops/devices.hpp)
    std::optional<ArrayData> data;  ///< in the place of the configuration's data.name; copied
};

/// With the same settings and threads as `meanflow train` the weights have the same bits. Calls wait for each other.
class Training {
  public:
    /// UsageError on keys and values that cannot be, Error when data are missing.
    explicit Training(const TrainingRequest& request);
    /// Goes on with the run in a folder, from the checkpoint of `step` (negative: the newest good one), with the run's own
    /// configuration and request.items over it (request.config is not read). A run that learnt from arrays needs the
    /// same ones: UsageError when they are missing or others.
    static Training resume(const std::filesystem::path& run, const TrainingRequest& request,
                           std::int64_t step = -1);
    ~Training();
    Training(Training&&) noexcept;
    Training& operator=(Training&&) noexcept;

    /// One step. UsageError when all planned steps are done; Error after train.max_skipped steps in a row that were not
    /// finite, and in a child of fork whose parent was in the middle of a step.
    StepReport step();
    std::int64_t done() const;
    std::int64_t planned() const;
    const Settings& settings() const;
    int threads() const;
    /// What computes: "cpu", "opencl:0".
    std::string device() const;
    std::int64_t parameters() const;
    /// Shape of a sample.
    Shape sample_shape() const;
    /// All reports of this object, first to last.
    std::vector<StepReport> history() const;
    /// What a person should know, a line each: of the data, and of keys without effect.
    const std::vector<std::string>& remarks() const;

    /// The network as it stands, as a model of its own on such a device: a copy. `weights`: "ema" (the last average, or online where there
    /// is none), "online" or a full name.
    Model model(const std::string& weights = "ema", Precision precision = Precision::f32) const;

    /// Saves a checkpoint to a run folder as `meanflow train` makes it, with the metrics of all steps since the last save,
    /// and returns the checkpoint's path. The folder is new, or one that this object has saved to or was resumed from; it is
    /// locked until close(). Error when a number is not finite: nothing is saved then.
    std::filesystem::path save(const std::filesystem::path& run);
    /// Lets go of the run folder.
    void close();

    struct Parts;  ///< door/training.cpp

  private:
    explicit Training(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// A network made of a trainer's weights, packed.
LoadedModel model_of(const Trainer& trainer, const Settings& settings, const std::string& weights,
                     Precision precision, Team& team);

}  // namespace mf::door

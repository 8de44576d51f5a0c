// SPDX-License-Identifier: MIT
// From what a person names (a run, a checkpoint, a file of weights) to a network that can sample.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "core/dtype.hpp"
#include "train/checkpoint.hpp"

namespace mf {

/// Which weights of a run or file, and how they are kept.
struct ModelChoice {
    std::string weights = "ema";  ///< online, ema, or a full name: see load_model
    std::int64_t step = -1;       ///< checkpoint of a run; -1: the newest
    std::int64_t side = 0;        ///< of a sample, for a file of weights alone; 0: what it says, or 32
    Precision precision = Precision::f32;  ///< in which the weights are packed; those of 8 bits need bf16
    bool asked_for = false;                ///< by somebody: then f32 is no word for weights of 8 bits
    std::string device = "cpu";            ///< where it samples (ops/devices.hpp)
};

/// The network of a run (its newest whole checkpoint, or that of `step`), of a checkpoint file, or of a file of weights
/// alone; LoadedModel::remarks says what was passed over, and of an average that has hardly begun. It is on the device that
/// `choice` names. UsageError when `side` is given for a run and for words that name no device that is here, Error when there is
/// no such file or it is damaged.
LoadedModel open_model(const std::filesystem::path& target, const ModelChoice& choice, Team& team);

/// Takes the network to a device (ops/devices.hpp), where samples are then drawn. `precision`: in which it is packed.
/// UsageError for words that name no device that is here, and for one that lacks what such weights need.
void put_on_device(LoadedModel& model, const std::string& device, Precision precision, Team& team);
/// The same to a device that is open, which several models may share as long as they do not work at the same time. The CPU:
/// nothing is done.
void put_on_device(LoadedModel& model, const std::shared_ptr<Device>& device, Precision precision);

}  // namespace mf

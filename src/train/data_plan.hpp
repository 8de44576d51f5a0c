// SPDX-License-Identifier: MIT
#pragma once

#include "data/dataset.hpp"
#include "train/checkpoint.hpp"

namespace mf {

/// How the data of a network are made again: with the labels that it learnt, which its class names say, where the data lie
/// in files. `threads` read; 0: all cores.
DataPlan plan_of(const LoadedModel& model, int threads);

}  // namespace mf

// SPDX-License-Identifier: MIT
// The ceiling that a training step is measured against.
#pragma once

#include "core/team.hpp"
#include "ops/param.hpp"

namespace mf {

/// GFLOP/s of a large matrix product by oneDNN (its best of several runs, all of the team's threads busy, each with a
/// product of its own): f32, or bf16 operands with f32 results. Takes about 0.2 s. 0 in a build without oneDNN
/// (MF_ONEDNN=OFF), which has nothing to compare with.
double measure_gemm_peak(Team& team, Precision precision);

/// Whether bf16 is worth it here: the instruction set that the loops run with multiplies pairs of bf16 in one instruction.
bool multiplies_bf16();

}  // namespace mf

// SPDX-License-Identifier: MIT
// The ceiling that a training step is measured against.
#pragma once

#include "core/team.hpp"
#include "ops/param.hpp"

namespace mf {

/// GFLOP/s of a large matrix product by oneDNN (its best of several runs, all of the team's threads busy, each with a
/// product of its own): f32, or bf16 operands with f32 results. Takes about 0.2 s.
double measure_gemm_peak(Team& team, Precision precision);

/// Whether bf16 is worth it here: the machine that this was built for multiplies pairs of bf16 in one instruction.
bool multiplies_bf16();

}  // namespace mf

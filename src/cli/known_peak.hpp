// SPDX-License-Identifier: MIT
// How the ceiling of matrix products is told, also by a build that does not measure it.
#pragma once

#include "cli/json.hpp"

namespace mf::cli {

inline constexpr const char* kNoPeak =
    "the ceiling of matrix products is not measured: this build has no oneDNN";

/// Of measure_gemm_peak: null when it is not measured.
inline Json known_peak(double peak) { return peak > 0 ? Json(peak) : Json(); }
inline Json share_of_peak(double gflops, double peak) { return peak > 0 ? Json(gflops / peak) : Json(); }

}  // namespace mf::cli

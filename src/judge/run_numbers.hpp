// SPDX-License-Identifier: MIT
// The numbers of a finished run: the one place where comparisons of runs get them.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/remarks.hpp"
#include "core/team.hpp"

namespace mf {

/// How samples are drawn for it.
struct NumbersRequest {
    std::int64_t count = 0;  ///< samples; 0: 10000 points or 1000 images
    std::uint64_t seed = 0;
    std::string weights = "ema";  ///< as in load_model
    std::string device =
        "cpu";        ///< where samples are drawn (ops/devices.hpp); all else is computed on the CPU
    Remarks remarks;  ///< about the run
};

/// Of one sampler step from noise:
///   points  inside (where the support is sharp), swd, energy, as in `meanflow eval`
///   images  swd_pixels, swd_random and, where the run has an evaluate.judge, accuracy, fid and so on, as in `meanflow
///           eval`, at the run's own sample.omega and sample.interval
/// and of its training: residual, E|V - v|² a dimension whatever the weighting (mean of the last 100 steps),
/// residual_std (of the last fifth), ms (median of a step).
std::vector<std::pair<std::string, double>> run_numbers(const std::filesystem::path& run,
                                                        const NumbersRequest& request, Team& team);

}  // namespace mf

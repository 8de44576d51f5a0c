// SPDX-License-Identifier: MIT
// What a configuration would cost, without training it and without its memory.
#pragma once

#include <cstdint>

#include "core/options.hpp"
#include "nn/velocity_model.hpp"

namespace mf {

struct RunEstimate {
    std::int64_t parameters = 0, tokens = 0;  ///< tokens of the sequence; 0: no transformer
    double flops_per_step = 0;
    double guidance_rows = 0;  ///< rows of passes for v_θ, for each row of the batch
    // bytes
    std::uint64_t weights = 0, packed = 0, optimiser = 0, averages = 0, gradients = 0, activations = 0;

    std::uint64_t memory() const { return weights + packed + optimiser + averages + gradients + activations; }
};

/// Operations are counted; how many rows the passes for v_θ have is found by the run's own draws of one batch. Activations
/// follow from a few steps of networks of the same sequence that are narrow and shallow: they grow linearly in width and in
/// blocks. Parameters are never written to, so that their pages are not taken. `threads` 0: all cores.
RunEstimate estimate_run(const Settings& settings, int threads);

}  // namespace mf

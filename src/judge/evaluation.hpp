// SPDX-License-Identifier: MIT
// What every evaluation says of where its numbers come from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/remarks.hpp"
#include "generate/open_model.hpp"
#include "generate/sampling.hpp"
#include "generate/vae_decoder.hpp"
#include "train/config.hpp"

namespace mf {

/// How samples of a run or a file of weights are drawn, and against what they are judged.
struct EvalRequest {
    ModelChoice model;
    std::optional<VaeRequest> vae = {};  ///< the autoencoder that makes pictures of latents
    SampleRequest sampling;           ///< solver, seed, guidance and precision; `count` and `steps` are below
    std::vector<std::int64_t> steps;  ///< sampler steps, a result each; empty: the usual ones
    std::int64_t count = 0;           ///< samples; 0: the usual number
    std::vector<ConfigItem> data;     ///< files of samples: the data set; runs with images: where it lies
    Remarks remarks;                  ///< what a person should know
    Remarks progress;                 ///< what is being done
};

/// One row of the result is about:
struct EvalSource {
    std::string source;         ///< what was named
    std::string weights = {};   ///< which of its weights; files of samples have none
    std::int64_t trained = -1;  ///< training steps; -1: unknown
    int steps = 0;              ///< sampler steps; 0: unknown
};

/// The network of `target` by request.model, with a decoder by request.vae, remarks told.
LoadedModel open_for_evaluation(const std::filesystem::path& target, const EvalRequest& request, Team& team);

}  // namespace mf

// SPDX-License-Identifier: MIT
// What the benches of fixed networks (autoencoder, Inception) share: runs timed in turns with the GEMM ceiling, and how
// they are told.
#pragma once

#include <functional>
#include <string>

#include "cli/command.hpp"
#include "core/team.hpp"
#include "ops/param.hpp"

namespace mf::cli {

struct InferenceTiming {
    double prepare = 0, first = 0, least = 0, median = 0;  ///< ms; `prepare`: weights made ready
    std::int64_t n = 0;                         ///< runs behind least and median, without the first
    double gflop = 0;                           ///< of one run, by the definition
    double peak = 0;                            ///< GFLOP/s of GEMM
    Precision peak_precision = Precision::f32;  ///< of that GEMM
    double plan = 0;                            ///< MiB of activations
};

/// Calls `work` as often as --repeat and --seconds say (at least four times) and fills in times and ceiling.
void time_inference(InferenceTiming& timing, const Invocation& invocation, Team& team,
                    const std::function<void()>& work);

/// The lines or, with --json, the object. `work` is its name there, `heading` begins the first line ("decode f32"); an
/// `images` above 0 also gives images a second.
void print_inference(const Invocation& invocation, const InferenceTiming& timing, const std::string& work,
                     const std::string& heading, std::int64_t images);

/// --precision, --repeat and --seconds.
std::vector<Option> inference_options(const std::string& seconds);

}  // namespace mf::cli

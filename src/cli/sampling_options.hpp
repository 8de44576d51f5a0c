// SPDX-License-Identifier: MIT
// The options of every command that samples, and what they say.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "generate/open_model.hpp"
#include "generate/sampling.hpp"

namespace mf::cli {

/// --weights, --step, --side, --precision: which network.
OptionTable model_options();
/// Those, --solver and --as-published.
OptionTable sampling_options();
/// --labels, --omega and --interval.
OptionTable guidance_options();

Precision precision_of(const Invocation& invocation);
/// What --weights, --step, --side and --precision say.
ModelChoice choice_of(const Invocation& invocation);
/// The network that `target` names, by those options; remarks about it go to standard error.
LoadedModel open_model(const std::string& target, const Invocation& invocation, Team& team);
/// Remarks to standard error, the same line only once.
Remarks each_once(bool quiet);
/// What --solver and --as-published say, with the seed and precision; remarks are told once.
SampleRequest request_of(const Invocation& invocation);
/// The words of --labels; every class in turn when nobody gave them, whatever a class is called.
std::string labels_in(const Settings& options);
/// What the guidance options say. UsageError on a bad interval.
GuidanceRequest guidance_of(const Settings& options);

}  // namespace mf::cli

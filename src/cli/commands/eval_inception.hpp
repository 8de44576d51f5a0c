// SPDX-License-Identifier: MIT
// meanflow eval --inception: the published distances.
#pragma once

#include "cli/command.hpp"
#include "judge/evaluation.hpp"

namespace mf::cli {

/// --inception, --ref and what belongs to them.
OptionTable inception_options();

/// True when the published distances are asked for. UsageError when options of theirs were given without --inception.
bool wants_inception(const Invocation& invocation);

/// Scores every word of the invocation; prints a table or JSON.
int eval_inception(const Invocation& invocation, const EvalRequest& request);

}  // namespace mf::cli

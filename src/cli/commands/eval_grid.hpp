// SPDX-License-Identifier: MIT
// meanflow eval --grid: a search over guidance and steps.
#pragma once

#include "cli/command.hpp"
#include "judge/inception_eval.hpp"

namespace mf::cli {

/// Measures every cell of --grid that --out does not know yet, prints a table or JSON, and draws the surface. False when it
/// was stopped. UsageError unless one network is named.
bool search_grid(const Invocation& invocation, InceptionEval& eval, const EvalRequest& request, Team& team);

}  // namespace mf::cli

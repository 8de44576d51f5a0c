// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "generate/sampling.hpp"

namespace mf {

/// What a set of samples is, in one line: weights, seed, steps and guidance, and who decodes. Pictures carry it (text
/// "meanflow.set") and so do files of unfinished work, so that a set that was cut off is known again.
std::string set_text(const LoadedModel& loaded, const SampleRequest& request);

}  // namespace mf

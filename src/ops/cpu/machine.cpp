// SPDX-License-Identifier: MIT
#include "machine.hpp"

#include "ops/peak.hpp"

namespace mf {

bool multiplies_bf16() { return cpu::kMultipliesPairs; }

}  // namespace mf

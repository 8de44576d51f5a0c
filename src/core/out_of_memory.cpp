// SPDX-License-Identifier: MIT
#include "core/out_of_memory.hpp"

namespace mf {

OutOfMemory::~OutOfMemory() = default;

}  // namespace mf

// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace mf::door {

/// What is here to compute with, as a JSON object: devices, a list of {name, about, memory (bytes of its own; 0: the
/// host's), driver}, the CPU first; remark, why there are no others, where that is so.
std::string devices_json();

}  // namespace mf::door

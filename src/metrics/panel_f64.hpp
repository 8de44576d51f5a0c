// SPDX-License-Identifier: MIT
// For the .cpp files of this room, which are compiled for one machine: how wide a panel of doubles is there.
#pragma once

#include <cstdint>

#include "tensor/device_simd.hpp"

namespace mf {

inline constexpr std::int64_t kPanelF64 =
    kVectorFloats;  ///< rows of a panel of PanelsF64: two vectors of doubles

}  // namespace mf

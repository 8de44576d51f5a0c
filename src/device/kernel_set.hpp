// SPDX-License-Identifier: MIT
// Kernels that a device may lack, by what needs them; all others every device has.
#pragma once

#include <cstdint>

namespace mf {

enum class KernelSet : std::uint8_t {
    convolutions,  ///< and what turns their weights into a form of their own
    group_norms,
    max_pools,
    resizing,  ///< of pictures: sums of neighbours along rows and columns
    bytes,     ///< products with weights of 8 bits
};

/// "convolutions".
constexpr const char* name_of(KernelSet set) {
    switch (set) {
        case KernelSet::convolutions:
            return "convolutions";
        case KernelSet::group_norms:
            return "group norms";
        case KernelSet::max_pools:
            return "max pools";
        case KernelSet::resizing:
            return "resizing pictures";
        case KernelSet::bytes:
            return "weights of 8 bits";
    }
    return "?";
}

}  // namespace mf

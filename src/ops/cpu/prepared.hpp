// SPDX-License-Identifier: MIT
#pragma once

#include "device/matrix_kernels.hpp"
#include "ops/cpu/byte_gemm.hpp"
#include "ops/cpu/panels.hpp"

namespace mf::cpu {

/// How the CPU keeps a weight: Wᵀ in panels as linear reads it (y = x Wᵀ; the adjoint x̄ = ȳ W packs W while it reads it).
/// Of a kernel: tap by tap, the matrix (rows * cols * in, out). Of bytes: panels of them with their scales.
struct Prepared final : PreparedWeight {
    Panels panels;
    BytePanels bytes;
};

inline const Panels& panels_of(const PreparedWeight* weight) {
    return static_cast<const Prepared&>(*weight).panels;
}

}  // namespace mf::cpu

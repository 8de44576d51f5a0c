// SPDX-License-Identifier: MIT
#include "verify/kinds.hpp"

#include <array>

namespace mf::verify {

std::span<const VerifyKind> verify_kinds() {
    static constexpr std::array<VerifyKind, 9> kinds = {{
        {"toy_checkerboard", verify_toy_checkerboard},
        {"toy", verify_toy},
        {"samplers", verify_samplers},
        {"optim", verify_optim},
        {"metrics", verify_metrics},
        {"mit_", verify_mit, true},
        {"dit_", verify_dit, true},
        {"imf_", verify_hash, true},
        {"vae_", verify_vae, true},
    }};
    return kinds;
}

const VerifyKind* kind_of(std::string_view file_name) {
    for (const VerifyKind& kind : verify_kinds())
        if (file_name.starts_with(kind.prefix)) return &kind;
    return nullptr;
}

}  // namespace mf::verify

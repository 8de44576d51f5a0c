// SPDX-License-Identifier: MIT
#include "verify/kinds.hpp"

#include <array>

namespace mf::verify {

std::span<const VerifyKind> verify_kinds() {
    static constexpr auto kinds = std::to_array<VerifyKind>({
        {"toy_checkerboard", verify_toy_checkerboard},
        {"toy", verify_toy},
        {"samplers", verify_samplers},
        {"optim", verify_optim},
        {"metrics", verify_metrics},
        {"inception", verify_inception, true},
        {"resize299", verify_resize299},
        {"mit_", verify_mit, true},
        {"dit_", verify_dit, true},
        {"imf_", verify_hash, true},
        {"vae_", verify_vae, true},
    });
    return kinds;
}

const VerifyKind* kind_of(std::string_view file_name) {
    for (const VerifyKind& kind : verify_kinds())
        if (file_name.starts_with(kind.prefix)) return &kind;
    return nullptr;
}

}  // namespace mf::verify

// SPDX-License-Identifier: MIT
#include "verify/kinds.hpp"

#include <array>

namespace mf::verify {

std::span<const VerifyKind> verify_kinds() {
    static constexpr auto kinds = std::to_array<VerifyKind>({
        {"toy_checkerboard", verify_toy_checkerboard, Computes::host},
        {"toy", verify_toy},
        {"samplers", verify_samplers, Computes::host},
        {"optim", verify_optim},
        {"metrics", verify_metrics, Computes::host},
        {"inception", verify_inception, Computes::cpu, true},
        {"resize299", verify_resize299, Computes::host},
        {"mit_", verify_mit, Computes::device, true},
        {"dit_", verify_dit, Computes::device, true},
        {"imf_", verify_hash, Computes::device, true},
        {"vae_", verify_vae, Computes::cpu, true},
    });
    return kinds;
}

const VerifyKind* kind_of(std::string_view file_name) {
    for (const VerifyKind& kind : verify_kinds())
        if (file_name.starts_with(kind.prefix)) return &kind;
    return nullptr;
}

}  // namespace mf::verify

// SPDX-License-Identifier: MIT
#include "device/device.hpp"

#include "device/lacks_kernel.hpp"

namespace mf {

LacksKernel::~LacksKernel() = default;

void Device::require(KernelSet set, const std::string& who) const {
    if (supports(set)) return;
    throw LacksKernel(
        fmt::format("[{}] this device has no kernels for {}, which {} needs", name(), name_of(set), who),
        "--device cpu has them");
}

void Device::lacks(const char* kernel) const {
    throw LacksKernel(fmt::format("[{}] this device has no kernel {}", name(), kernel),
                      "--device cpu has it");
}

void Device::convolve(const ConvPass&, const Weight&, Pool&) { lacks("convolve"); }
void Device::convolve_still(const ConvPass&, const Weight&, const PreparedWeight*, Pool&) {
    lacks("convolve_still");
}
void Device::convolve_adjoint(Into, View, std::int64_t, const ConvSize&, const Weight&, Pool&) {
    lacks("convolve_adjoint");
}
void Device::kernel_gradient(Into, View, View, std::int64_t, const ConvSize&, Pool&) {
    lacks("kernel_gradient");
}
void Device::group_statistics(Into, Into, View, const GroupNormSize&, float, Pool&) {
    lacks("group_statistics");
}
void Device::group_norm(Into, View, const GroupNormSize&, const NormChannels&, bool) { lacks("group_norm"); }
void Device::group_norm_slope(Into, View, View, const GroupNormSize&, const NormChannels&) {
    lacks("group_norm_slope");
}
void Device::group_norm_sums(Into, View, View, const GroupNormSize&, const NormChannels&, Pool&) {
    lacks("group_norm_sums");
}
void Device::group_norm_jacobian(Into, View, View, View, const GroupNormSize&, const NormChannels&, bool,
                                 Pool&) {
    lacks("group_norm_jacobian");
}
void Device::group_norm_gradients(Into, Into, View, const GroupNormSize&) { lacks("group_norm_gradients"); }
void Device::max_pool(Into, Into, View, const PoolWindows&) { lacks("max_pool"); }
void Device::max_pool_chosen(Into, View, View, const PoolWindows&) { lacks("max_pool_chosen"); }
void Device::max_pool_adjoint(Into, View, View, const PoolWindows&) { lacks("max_pool_adjoint"); }
void Device::separable(Into, View, const SparseRows&, const SparseRows&) { lacks("separable"); }

}  // namespace mf

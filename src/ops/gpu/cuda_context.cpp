// SPDX-License-Identifier: MIT
#include "ops/gpu/cuda_context.hpp"

#include <utility>

namespace mf::cuda {

Context::Context(const Api& api, DeviceId device, std::string place)
    : api_(api), device_(device), place_(std::move(place)) {
    succeed(api_.cuDevicePrimaryCtxRetain(&handle_, device_), "it cannot be opened");
    Code code = kSuccess;
    {
        const Entered entered(*this);
        code = api_.cuStreamCreate(&stream_, kStreamOnItsOwn);
    }
    if (code == kSuccess) return;
    api_.cuDevicePrimaryCtxRelease(device_);
    throw error_of(api_, place_, "it cannot be opened", code);
}

Context::~Context() {
    {
        const Entered entered(*this);
        api_.cuStreamDestroy(stream_);
    }
    api_.cuDevicePrimaryCtxRelease(device_);
}

}  // namespace mf::cuda

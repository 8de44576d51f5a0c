// SPDX-License-Identifier: MIT
#include "ops/gpu/cuda_staging.hpp"

#include <cstring>

namespace mf::cuda {

Staging::Staging(const Context& context) : context_(context) {
    const Context::Entered entered(context);
    const Api& api = context.api();
    Code code = api.cuMemAllocHost(&memory_, halves_.size() * kHalf);
    for (Half& half : halves_)
        if (code == kSuccess) code = api.cuEventCreate(&half.read, kEventWithoutTime);
    if (code == kSuccess) return;
    release();
    throw error_of(api, context.place(), "pinned memory for uploads", code);
}

Staging::~Staging() {
    const Context::Entered entered(context_);
    release();
}

void Staging::release() {
    const Api& api = context_.api();
    for (const Half& half : halves_)
        if (half.read != nullptr) api.cuEventDestroy(half.read);
    if (memory_ != nullptr) api.cuMemFreeHost(memory_);
}

const void* Staging::copy_of(const void* from, std::size_t bytes) {
    const Api& api = context_.api();
    constexpr std::size_t aligned = 64;
    if (used_ + bytes > kHalf) {
        context_.succeed(api.cuEventRecord(halves_[now_].read, context_.stream()), "an upload");
        halves_[now_].waits = true;
        now_ = 1 - now_;
        used_ = 0;
        if (halves_[now_].waits) context_.succeed(api.cuEventSynchronize(halves_[now_].read), "an upload");
        halves_[now_].waits = false;
    }
    std::byte* const at = static_cast<std::byte*>(memory_) + now_ * kHalf + used_;
    used_ += (bytes + aligned - 1) / aligned * aligned;
    std::memcpy(at, from, bytes);
    return at;
}

void Staging::forget() {
    for (Half& half : halves_) half.waits = false;
    used_ = 0;
}

}  // namespace mf::cuda

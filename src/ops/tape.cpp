// SPDX-License-Identifier: MIT
#include "ops/tape.hpp"

#include "ops/as_type.hpp"

namespace mf {

void* Tape::room_for(std::size_t bytes) {
    bytes = (bytes + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);
    check(bytes <= kChunk, "[tape] a record of {} bytes is too large", bytes);
    if (chunks_.empty() || used_ + bytes > kChunk) {
        if (!chunks_.empty()) ++chunk_;
        if (chunk_ >= chunks_.size()) chunks_.push_back(std::make_unique<std::byte[]>(kChunk));
        used_ = 0;
    }
    void* place = chunks_[chunk_].get() + used_;
    used_ += bytes;
    return place;
}

Tensor Tape::take_gradient_f32(GradSlot slot, Pool& pool) {
    return as_type(device_, pool, take_gradient(slot), DType::f32);
}

void Tape::add_gradient(GradSlot slot, Tensor g) {
    if (!slot.wanted()) return;
    Tensor& sum = slots_[index(slot)];
    if (sum.empty()) {
        sum = std::move(g);
        return;
    }
    if (sum.dtype() != DType::f32 && g.dtype() == DType::f32) std::swap(sum, g);
    device_.add_to(sum, g);
}

void Tape::backward(GradSlot loss, Pool& pool) {
    check(loss.wanted(), "[tape] the loss depends on no parameter");
    Tensor one({1, 1}, DType::f32, &pool);
    device_.fill(one, 1.0F);
    add_gradient(loss, std::move(one));
    run_back();
    clear();
}

void Tape::run_back() {
    try {
        while (!nodes_.empty()) {
            const Node node = nodes_.back();
            nodes_.pop_back();
            node.run_and_destroy(node.record, this);
        }
    } catch (...) {
        clear();  // what is left must not run in the next step
        throw;
    }
}

Tape& Tape::inner() {
    if (inner_ == nullptr) inner_ = std::make_unique<Tape>(gradients_, device_);
    return *inner_;
}

void Tape::clear() {
    while (!nodes_.empty()) {
        const Node node = nodes_.back();
        nodes_.pop_back();
        node.run_and_destroy(node.record, nullptr);
    }
    slots_.clear();
    chunk_ = used_ = 0;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "tensor/tensor.hpp"

#include <algorithm>
#include <cstring>

namespace mf {

Tensor::Tensor(Shape shape, DType dtype, Pool* pool) : shape_(shape), dtype_(dtype) {
    const auto bytes = static_cast<std::size_t>(shape.count()) * size_of(dtype);
    block_ = pool != nullptr ? pool->take(bytes) : new_block(bytes);
    hidden_ = pool != nullptr && pool->hidden_memory() != nullptr;
    block_->references.store(1, std::memory_order_relaxed);
    data_ = block_->data();
}

Tensor::Tensor(const Tensor& other)
    : shape_(other.shape_),
      dtype_(other.dtype_),
      hidden_(other.hidden_),
      data_(other.data_),
      block_(other.block_) {
    if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
}

void Tensor::drop() {
    if (block_ == nullptr || block_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    if (block_->home != nullptr)
        block_->home->give_back(block_);
    else
        delete_block(block_);
}

Tensor Tensor::view_of(void* data, Shape shape, DType dtype) {
    Tensor out;
    out.shape_ = shape;
    out.dtype_ = dtype;
    out.data_ = static_cast<std::byte*>(data);
    return out;
}

Tensor Tensor::view_of(void* data, Shape shape, DType dtype, bool hidden) {
    Tensor out = view_of(data, shape, dtype);
    out.hidden_ = hidden;
    return out;
}

Tensor Tensor::zeros(Shape shape, DType dtype, Pool* pool) {
    if (pool != nullptr) {
        Tensor out(shape, dtype, pool);
        if (out.hidden_)
            pool->hidden_memory()->zero(out.data_, out.bytes());
        else
            std::memset(out.data_, 0, out.bytes());
        return out;
    }
    Tensor out;
    out.shape_ = shape;
    out.dtype_ = dtype;
    out.block_ = new_zero_block(static_cast<std::size_t>(shape.count()) * size_of(dtype));
    out.block_->references.store(1, std::memory_order_relaxed);
    out.data_ = out.block_->data();
    return out;
}

Tensor Tensor::row_range(std::int64_t begin, std::int64_t end) const {
    check(0 <= begin && begin <= end && end <= rows(), "[tensor] rows [{}, {}) of {}", begin, end, rows());
    Tensor out = *this;
    out.shape_ = Shape{end - begin, cols()};
    out.data_ += static_cast<std::size_t>(begin * cols()) * size_of(dtype_);
    return out;
}

Tensor Tensor::reshaped(Shape shape) const {
    check(shape.count() == shape_.count(), "[tensor] {} cannot be seen as {}", shape_, shape);
    Tensor out = *this;
    out.shape_ = shape;
    return out;
}

void Tensor::fill(float value) {
    if (dtype_ == DType::f32)
        std::fill_n(f32(), count(), value);
    else
        std::fill_n(bf16(), count(), to_bfloat16(value));
}

void Tensor::copy_halves(const Tensor& other) {
    const auto* from = reinterpret_cast<const float16*>(other.raw());
    if (dtype_ == DType::f32)
        std::transform(from, from + count(), f32(), [](float16 h) { return to_float(h); });
    else
        std::transform(from, from + count(), bf16(), [](float16 h) { return to_bfloat16(to_float(h)); });
}

void Tensor::copy_from(const Tensor& other) {
    check(other.count() == count(), "[tensor] copy of {} into {}", other.shape_, shape_);
    check(!hidden_ && !other.hidden_, "[tensor] {} of a device is copied by the host", shape_);
    if (other.dtype_ == dtype_)
        std::memcpy(data_, other.data_, bytes());
    else if (dtype_ == DType::f32 && other.dtype_ == DType::bf16)
        std::transform(other.bf16(), other.bf16() + count(), f32(), [](bfloat16 h) { return to_float(h); });
    else if (other.dtype_ == DType::f16)
        copy_halves(other);
    else if (dtype_ == DType::f32 && other.dtype_ == DType::f64)
        std::transform(reinterpret_cast<const double*>(other.data_),
                       reinterpret_cast<const double*>(other.data_) + count(), f32(),
                       [](double d) { return static_cast<float>(d); });
    else
        std::transform(other.f32(), other.f32() + count(), bf16(), [](float f) { return to_bfloat16(f); });
}

}  // namespace mf

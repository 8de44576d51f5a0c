// SPDX-License-Identifier: MIT
// A tensor: a view of a reference-counted block. Copying it copies the view, not the numbers.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "core/dtype.hpp"
#include "core/shape.hpp"
#include "device/view.hpp"
#include "tensor/pool.hpp"

namespace mf {

class Tensor {
  public:
    Tensor() = default;
    /// New memory from `pool`, or from the system when it is null; the content is undefined.
    Tensor(Shape shape, DType dtype, Pool* pool = nullptr);
    Tensor(const Tensor& other);
    Tensor(Tensor&& other) noexcept
        : shape_(other.shape_),
          dtype_(other.dtype_),
          hidden_(other.hidden_),
          data_(std::exchange(other.data_, nullptr)),
          block_(std::exchange(other.block_, nullptr)) {}
    Tensor& operator=(Tensor other) noexcept {
        swap(other);
        return *this;
    }
    ~Tensor() { drop(); }

    /// A view of somebody else's memory, which must outlive it.
    static Tensor view_of(void* data, Shape shape, DType dtype);
    /// The same of memory that the host does not see where `hidden`.
    static Tensor view_of(void* data, Shape shape, DType dtype, bool hidden);
    static Tensor zeros(Shape shape, DType dtype = DType::f32, Pool* pool = nullptr);

    bool empty() const { return data_ == nullptr; }
    explicit operator bool() const { return data_ != nullptr; }
    const Shape& shape() const { return shape_; }
    DType dtype() const { return dtype_; }
    std::int64_t count() const { return empty() ? 0 : shape_.count(); }
    std::size_t bytes() const { return static_cast<std::size_t>(count()) * size_of(dtype_); }
    /// A tensor is a matrix to most ops: the last dimension is the columns, all others together the rows.
    std::int64_t cols() const { return shape_.rank() == 0 ? 1 : shape_[shape_.rank() - 1]; }
    std::int64_t rows() const { return empty() || cols() == 0 ? 0 : shape_.count() / cols(); }

    /// The memory belongs to a device and cannot be seen by the host: only kernels and copies reach it.
    bool hidden() const { return hidden_; }
    /// What kernels are given.
    operator View() const { return {data_, rows(), cols(), dtype_}; }  // NOLINT: kernels take tensors
    operator Into() { return {data_, rows(), cols(), dtype_}; }        // NOLINT

    /// Addresses for the host. Error where it cannot see the memory, or the type is another one.
    void* raw() { return visible(); }
    const void* raw() const { return visible(); }
    float* f32() { return as<float>(DType::f32); }
    const float* f32() const { return const_cast<Tensor*>(this)->f32(); }
    bfloat16* bf16() { return as<bfloat16>(DType::bf16); }
    const bfloat16* bf16() const { return const_cast<Tensor*>(this)->bf16(); }
    std::span<float> floats() { return {f32(), static_cast<std::size_t>(count())}; }
    std::span<const float> floats() const { return {f32(), static_cast<std::size_t>(count())}; }

    /// Rows [begin, end) of the matrix, sharing memory; shape (end - begin, cols).
    Tensor row_range(std::int64_t begin, std::int64_t end) const;
    /// The same numbers under another shape of the same count.
    Tensor reshaped(Shape shape) const;
    /// True when nobody else holds the block, so that its memory may be reused for a result.
    bool unique() const {
        return block_ != nullptr && block_->references.load(std::memory_order_acquire) == 1;
    }

    void fill(float value);
    void copy_from(
        const Tensor& other);  ///< same count; converts between f32 and bf16, from f16, and from f64 to f32

  private:
    template <class T>
    T* as(DType wanted) {
        check(empty() || dtype_ == wanted, "[tensor] holds {}, read as {}", name_of(dtype_), name_of(wanted));
        return reinterpret_cast<T*>(visible());
    }
    std::byte* visible() const {
        check(!hidden_, "[tensor] {} of a device is read by the host", shape_);
        return data_;
    }
    void swap(Tensor& o) noexcept {
        std::swap(shape_, o.shape_);
        std::swap(dtype_, o.dtype_);
        std::swap(hidden_, o.hidden_);
        std::swap(data_, o.data_);
        std::swap(block_, o.block_);
    }
    void drop();
    void copy_halves(const Tensor& other);  ///< from f16

    Shape shape_;
    DType dtype_ = DType::f32;
    bool hidden_ = false;
    std::byte* data_ = nullptr;
    Block* block_ = nullptr;
};

}  // namespace mf

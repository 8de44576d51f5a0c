// SPDX-License-Identifier: MIT
// The products of linear layers. A weight W has a row for each output: (n, k).
#pragma once

#include <memory>
#include <span>

#include "device/view.hpp"

namespace mf {

class Pool;

/// A weight in the form that a device's products read, made by `prepare`.
class PreparedWeight {
  public:
    virtual ~PreparedWeight() = default;
    DType factors = DType::f32;  ///< type of the factors of its products
};

/// What a product is made with.
struct Weight {
    View value;  ///< (n, k) f32; other types where `prepared` is all that is read
    const PreparedWeight* prepared = nullptr;  ///< null: the product reads `value`

    DType factors() const { return prepared != nullptr ? prepared->factors : DType::f32; }
};

/// A weight to be prepared.
struct WeightToPrepare {
    enum class Form : std::uint8_t {
        matrix,  ///< (n, k)
        kernel,  ///< of a convolution (out, in, taps), `taps` of them
        bytes,   ///< (n, k) u8, zero is 128, with one scale a row (ops/cpu/byte_gemm.hpp)
    };
    Form form = Form::matrix;
    View value;
    View scales;
    DType factors = DType::f32;
    std::int64_t taps = 1;
    std::shared_ptr<PreparedWeight>* kept = nullptr;  ///< made, or made again in its own memory
};

/// Rows of a left factor and where their product goes.
struct LinearRows {
    View
        x;  ///< (m, k), of the type of the weight's factors (f32 or bf16 where W is not prepared); may be absent
    Into y;     ///< (m, n) f32
    View bias;  ///< (n), or absent
};

class MatrixKernels {
  public:
    /// Whether products with a matrix of n rows read a form of their own.
    virtual bool prepares(std::int64_t n) const = 0;
    virtual void prepare(std::span<const WeightToPrepare> weights) = 0;

    /// y = x Wᵀ (+ bias), for value rows and tangent rows together.
    virtual void linear(const LinearRows& value, const LinearRows& tangent, const Weight& w) = 0;
    /// dx (m, k) = dy W, added to dx where `add`. dy (m, n) of the type of the factors.
    virtual void linear_adjoint(Into dx, View dy, const Weight& w, bool add, Pool& scratch) = 0;
    /// dw (n, k) += dyᵀ x: dy (m, n), x (m, k), both f32 or both bf16.
    virtual void weight_gradient(Into dw, View dy, View x, Pool& scratch) = 0;
    /// y = x Wᵀ (+ bias) for a W prepared from bytes; x f32 or bf16.
    virtual void linear_of_bytes(Into y, View x, View bias, const Weight& w, Pool& scratch) = 0;

  protected:
    ~MatrixKernels() = default;
};

}  // namespace mf

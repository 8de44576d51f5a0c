// SPDX-License-Identifier: MIT
#pragma once

#include "device/device.hpp"
#include "ops/tape.hpp"
#include "tensor/pool.hpp"

namespace mf {

/// What an op needs besides its operands; passed explicitly, so that nothing is global.
struct Context {
    Device& device;        ///< what computes
    Pool& pool;            ///< where results live
    Tape* tape = nullptr;  ///< null: nothing is recorded (sampling, guidance passes, v_θ passes)
    Precision precision = Precision::f32;
    bool recompute = false;  ///< blocks keep their input instead of their activations (ops/recompute.hpp)

    /// The same without a tape.
    Context untaped() const { return {device, pool, nullptr, precision, false}; }
    Tensor make(Shape shape, DType dtype = DType::f32) const { return Tensor(shape, dtype, &pool); }
    /// Type of what GEMM reads.
    DType operand() const { return precision == Precision::bf16 ? DType::bf16 : DType::f32; }
};

}  // namespace mf

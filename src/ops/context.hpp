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
    bool recompute = false;     ///< blocks keep their input instead of their activations (ops/recompute.hpp)
    Pool* host_pool = nullptr;  ///< of the host's memory, where `pool` is of another

    /// The same without a tape.
    Context untaped() const { return {device, pool, nullptr, precision, false, host_pool}; }
    Tensor make(Shape shape, DType dtype = DType::f32) const { return Tensor(shape, dtype, &pool); }
    Tensor zeros(Shape shape, DType dtype = DType::f32) const { return Tensor::zeros(shape, dtype, &pool); }
    Tensor filled(Shape shape, float value) const {
        Tensor out = make(shape);
        device.fill(out, value);
        return out;
    }
    /// A tensor that the host fills, for `on_device`.
    Tensor make_host(Shape shape, DType dtype = DType::f32) const {
        return Tensor(shape, dtype, pool.hidden_memory() == nullptr ? &pool : host_pool);
    }
    /// The same numbers where kernels read them: `given` itself where the device sees the host's memory.
    Tensor on_device(const Tensor& given) const {
        if (given.empty() || given.hidden() || pool.hidden_memory() == nullptr) return given;
        Tensor out = make(given.shape(), given.dtype());
        device.upload(Into(out).data, given.raw(), given.bytes());
        return out;
    }
    /// The same numbers where the host reads them.
    Tensor on_host(const Tensor& given) const {
        if (!given.hidden()) return given;
        Tensor out = make_host(given.shape(), given.dtype());
        device.download(out.raw(), View(given).data, given.bytes());
        return out;
    }
    /// Type of what GEMM reads.
    DType operand() const { return precision == Precision::bf16 ? DType::bf16 : DType::f32; }
};

}  // namespace mf

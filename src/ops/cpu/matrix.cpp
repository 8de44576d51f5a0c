// SPDX-License-Identifier: MIT
#include "ops/cpu/conv.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/gemm.hpp"
#include "ops/cpu/prepared.hpp"
#include "ops/cpu/tensor_of.hpp"

namespace mf {
namespace {

using cpu::tensor_of;

Tensor as_f32(View x) {
    const Tensor given = tensor_of(x);
    if (given.dtype() == DType::f32) return given;
    Tensor out(given.shape(), DType::f32);
    out.copy_from(given);
    return out;
}

void pack_kernel(cpu::Prepared& to, const WeightToPrepare& weight) {
    const std::int64_t out = weight.value.rows, taps = weight.taps, in = weight.value.cols / taps;
    const Tensor value = as_f32(weight.value), turned({out, in * taps}, DType::f32);
    cpu::taps_first(const_cast<float*>(turned.f32()), value.f32(), out, in, taps);
    // Pairs of bf16 must not reach over a tap's channels.
    cpu::pack(to.panels, {turned.f32(), taps * in, out, 1, taps * in}, weight.factors);
}

void prepare_one(const WeightToPrepare& weight) {
    if (*weight.kept == nullptr) *weight.kept = std::make_shared<cpu::Prepared>();
    auto& to = static_cast<cpu::Prepared&>(**weight.kept);
    to.factors = weight.factors;
    const std::int64_t n = weight.value.rows, k = weight.value.cols;
    switch (weight.form) {
        case WeightToPrepare::Form::kernel:
            return pack_kernel(to, weight);
        case WeightToPrepare::Form::bytes:
            return cpu::pack(to.bytes, tensor_of(weight.value), tensor_of(weight.scales));
        case WeightToPrepare::Form::matrix:
            return cpu::pack(to.panels, {as_f32(weight.value).f32(), k, n, 1, k}, weight.factors);
    }
}

}  // namespace

bool CpuDevice::prepares(std::int64_t n) const { return n > cpu::kNarrow; }

void CpuDevice::prepare(std::span<const WeightToPrepare> weights) {
    // One weight is one piece of work; pieces go round robin to the threads.
    team_.run([&](int lane) {
        for (std::size_t i = static_cast<std::size_t>(lane); i < weights.size();
             i += static_cast<std::size_t>(team_.size()))
            prepare_one(weights[i]);
    });
}

void CpuDevice::linear(const LinearRows& value, const LinearRows& tangent, const Weight& w) {
    const Tensor x = tensor_of(value.x), x_dot = tensor_of(tangent.x);
    Tensor y = tensor_of(value.y), y_dot = tensor_of(tangent.y);
    const cpu::RowProduct rows{&x, &y, value.bias.f32()}, moving{&x_dot, &y_dot, tangent.bias.f32()};
    if (w.prepared != nullptr) return cpu::multiply(team_, rows, moving, cpu::panels_of(w.prepared));
    cpu::multiply_narrow(team_, rows, w.value.f32(), w.value.rows, w.value.cols);
    cpu::multiply_narrow(team_, moving, w.value.f32(), w.value.rows, w.value.cols);
}

void CpuDevice::linear_adjoint(Into dx, View dy, const Weight& w, bool add, Pool& scratch) {
    const Tensor left = tensor_of(dy);
    Tensor out = tensor_of(dx);
    const std::int64_t n = w.value.rows, k = w.value.cols;
    cpu::multiply(team_, scratch_of(scratch), {&left, &out, nullptr, add}, {w.value.f32(), n, k, k, 1},
                  w.factors());
}

void CpuDevice::weight_gradient(Into dw, View dy, View x, Pool& scratch) {
    cpu::accumulate_outer(team_, dw.f32(), tensor_of(dy), tensor_of(x), scratch_of(scratch));
}

void CpuDevice::linear_of_bytes(Into y, View x, View bias, const Weight& w, Pool& scratch) {
    Tensor out = tensor_of(y);
    cpu::multiply(team_, cpu::quantised(team_, scratch_of(scratch), tensor_of(x)), out, bias.f32(),
                  static_cast<const cpu::Prepared&>(*w.prepared).bytes);
}

}  // namespace mf

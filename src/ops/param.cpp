// SPDX-License-Identifier: MIT
#include "ops/param.hpp"

#include <cmath>

#include "ops/cpu/byte_gemm.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/gemm.hpp"

namespace mf {
namespace {

/// bf16 serves the wide matrices; thin ones (first and last layers) cost little and stay exact.
DType packed_type(std::int64_t n, std::int64_t k, Precision precision) {
    const bool wide = n >= 16 && k >= 16 && n % 2 == 0 && k % 2 == 0;
    return precision == Precision::bf16 && wide ? DType::bf16 : DType::f32;
}

Tensor as_f32(const Tensor& given) {
    if (given.dtype() == DType::f32) return given;
    Tensor out(given.shape(), DType::f32);
    out.copy_from(given);
    return out;
}

/// What was finite as f64 must be so as f32.
void check_range(const Tensor& wide, const Tensor& narrow, const std::string& what) {
    const auto* numbers = static_cast<const double*>(wide.raw());
    for (std::int64_t i = 0; i < wide.count(); ++i)
        check(std::isfinite(narrow.f32()[i]) || !std::isfinite(numbers[i]),
              "{} holds {}, which is beyond the range of f32", what, numbers[i]);
}

/// One scale a row of a matrix of 8 bits: of a tensor beside it.
Tensor scales_of(const Param& param, const std::map<std::string, Tensor>& weights, const std::string& place) {
    const auto found = weights.find(param.name + ".scale");
    check(found != weights.end(), "{}: tensor {} has 8 bits, but there is no {}.scale for them", place,
          param.name, param.name);
    const Tensor& out = found->second;
    check(out.dtype() == DType::f32 && out.shape() == Shape{param.shape[0]},
          "{}: tensor {}.scale is {} of shape {}, expected f32 of shape {}", place, param.name,
          name_of(out.dtype()), out.shape(), Shape{param.shape[0]});
    for (std::int64_t row = 0; row < out.count(); ++row)
        check(std::isfinite(out.f32()[row]) && out.f32()[row] > 0,
              "{}: tensor {}.scale holds {} in row {}; a scale is above 0 and finite", place, param.name,
              out.f32()[row], row);
    check(param.shape.count() / param.shape[0] <= cpu::kMostByteColumns,
          "{}: tensor {} has shape {}; with 8 bits at most {} columns are possible", place, param.name,
          param.shape, cpu::kMostByteColumns);
    return out;
}

}  // namespace

Param& ParamStore::add(const std::string& name, Shape shape, bool is_matrix) {
    check(values_.empty(), "[params] {} is added after freeze", name);
    check(!is_matrix || shape.rank() >= 2, "[params] {} is to be a matrix but has shape {}", name, shape);
    params_.push_back({.name = name,
                       .shape = shape,
                       .offset = count_,
                       .value = {},
                       .is_matrix = is_matrix,
                       .is_kernel = false,
                       .prepared = {},
                       .scales = {}});
    count_ += shape.count();
    return params_.back();
}

Param& ParamStore::add_kernel(const std::string& name, Shape shape) {
    check(shape.rank() == 4, "[params] {} is to be a kernel but has shape {}", name, shape);
    Param& param = add(name, shape, true);
    param.is_kernel = true;
    return param;
}

void ParamStore::freeze() {
    values_ = Tensor::zeros({count_});
    for (Param& param : params_)
        param.value = Tensor::view_of(values_.f32() + param.offset, param.shape, DType::f32);
}

void ParamStore::bind(const std::map<std::string, Tensor>& weights, const std::string& place) {
    for (Param& param : params_) {
        const auto found = weights.find(param.name);
        check(found != weights.end(), "{}: has no tensor {}", place, param.name);
        const Tensor& given = found->second;
        check(given.shape() == param.shape, "{}: tensor {} has shape {}, expected {}", place, param.name,
              given.shape(), param.shape);
        // Matrices are read when they are packed; what is read in place must be f32.
        const bool in_place = !param.is_matrix || (param.shape[0] <= cpu::kNarrow && !param.is_kernel);
        if (given.dtype() == DType::f32) {
            param.value = given;
            continue;
        }
        if (given.dtype() == DType::u8 && !in_place && !param.is_kernel) {
            param.scales = scales_of(param, weights, place);
            param.value = given;
            continue;
        }
        const bool half = given.dtype() == DType::bf16 || given.dtype() == DType::f16;
        check(half || given.dtype() == DType::f64,
              "{}: tensor {} has type {}, expected f32, f64, bf16 or f16", place, param.name,
              name_of(given.dtype()));
        param.value = in_place || !half ? as_f32(given) : given;
        if (given.dtype() == DType::f64)
            check_range(given, param.value, fmt::format("{}: tensor {}", place, param.name));
    }
    values_ = {};
}

void ParamStore::move_to(Device& device) {
    if (device.host_visible()) return;
    for (const Param& param : params_) {
        if (param.is_kernel) device.require(KernelSet::convolutions, param.name);
        if (!param.scales.empty()) device.require(KernelSet::bytes, param.name);
    }
    auto pool = std::make_unique<Pool>(device);
    const auto moved = [&](const Tensor& from) {
        Tensor to(from.shape(), from.dtype(), pool.get());
        device.upload(Into(to).data, from.raw(), from.bytes());
        return to;
    };
    if (!values_.empty()) {
        values_ = moved(values_);
        for (Param& param : params_)
            param.value = Tensor::view_of(whole().f32() + param.offset, param.shape, DType::f32, true);
    } else {  // bound to a file
        for (Param& param : params_) {
            param.value = moved(as_f32(param.value));
        }
    }
    for (Tensor* table : constants_) *table = moved(*table);
    for (Param& param : params_) param.prepared = nullptr;  // another device's
    home_ = std::move(pool);
}

void ParamStore::repack(Device& device, Precision precision) {
    to_prepare_.clear();
    for (Param& param : params_) {
        const std::int64_t n = param.shape[0], k = param.shape.count() / n;
        using Form = WeightToPrepare::Form;
        if (!param.is_kernel && !(param.is_matrix && device.prepares(n))) continue;
        const std::int64_t taps = param.is_kernel ? param.shape[2] * param.shape[3] : 1;
        to_prepare_.push_back({.form = param.is_kernel         ? Form::kernel
                                       : !param.scales.empty() ? Form::bytes
                                                               : Form::matrix,
                               .value = param.weight().value,
                               .scales = param.scales,
                               .factors = packed_type(n, k / taps, precision),
                               .taps = taps,
                               .kept = &param.prepared});
    }
    device.prepare(to_prepare_);
}

std::size_t ParamStore::copied_bytes() const {
    std::size_t out = 0;
    for (const WeightToPrepare& each : to_prepare_)
        if (each.value.type != each.factors)
            out += static_cast<std::size_t>(each.value.count()) * size_of(each.factors);
    return out;
}

void ParamStore::repack(Team& team, Precision precision) {
    CpuDevice device(team);
    repack(device, precision);
}

}  // namespace mf

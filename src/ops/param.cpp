// SPDX-License-Identifier: MIT
#include "ops/param.hpp"

#include <cmath>

#include "ops/cpu/conv.hpp"
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

void pack_kernel(Param& param, Precision precision) {
    const std::int64_t out = param.shape[0], in = param.shape[1], taps = param.shape[2] * param.shape[3];
    const Tensor value = as_f32(param.value), turned(param.shape, DType::f32);
    cpu::taps_first(const_cast<float*>(turned.f32()), value.f32(), out, in, taps);
    // Pairs of bf16 must not reach over a tap's channels.
    cpu::pack(param.panels, {turned.f32(), taps * in, out, 1, taps * in}, packed_type(out, in, precision));
}

/// What was finite as f64 must be so as f32.
void check_range(const Tensor& wide, const Tensor& narrow, const std::string& what) {
    const auto* numbers = static_cast<const double*>(wide.raw());
    for (std::int64_t i = 0; i < wide.count(); ++i)
        check(std::isfinite(narrow.f32()[i]) || !std::isfinite(numbers[i]),
              "{} holds {}, which is beyond the range of f32", what, numbers[i]);
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
                       .panels = {}});
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

void ParamStore::repack(Team& team, Precision precision) {
    // One matrix is one piece of work; pieces go round robin to the lanes.
    team.run([&](int lane) {
        int piece = 0;
        for (Param& param : params_) {
            const std::int64_t n = param.shape[0], k = param.shape.count() / n;
            const bool packed = param.is_kernel || (param.is_matrix && n > cpu::kNarrow);
            if (!packed || piece++ % team.size() != lane) continue;
            if (param.is_kernel)
                pack_kernel(param, precision);
            else
                cpu::pack(param.panels, {as_f32(param.value).f32(), k, n, 1, k},
                          packed_type(n, k, precision));
        }
    });
}

}  // namespace mf

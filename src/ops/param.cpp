// SPDX-License-Identifier: MIT
#include "ops/param.hpp"

#include "ops/cpu/gemm.hpp"

namespace mf {
namespace {

/// bf16 serves the wide matrices; thin ones (first and last layers) cost little and stay exact.
DType packed_type(const Shape& shape, Precision precision) {
    const std::int64_t n = shape[0], k = shape.count() / shape[0];
    const bool wide = n >= 16 && k >= 16 && n % 2 == 0 && k % 2 == 0;
    return precision == Precision::bf16 && wide ? DType::bf16 : DType::f32;
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
                       .panels = {},
                       .panels_transposed = {}});
    count_ += shape.count();
    return params_.back();
}

void ParamStore::freeze() {
    values_ = Tensor::zeros({count_});
    for (Param& param : params_)
        param.value = Tensor::view_of(values_.f32() + param.offset, param.shape, DType::f32);
}

void ParamStore::repack(Team& team, Precision precision) {
    // One panel set is one piece of work; pieces go round robin to the lanes.
    team.run([&](int lane) {
        int piece = 0;
        const auto mine = [&] { return piece++ % team.size() == lane; };
        for (Param& param : params_) {
            if (!param.is_matrix) continue;
            const std::int64_t n = param.shape[0], k = param.shape.count() / n;
            const DType dtype = packed_type(param.shape, precision);
            const float* w = param.value.f32();
            if (n > cpu::kNarrow && mine()) cpu::pack(param.panels, {w, k, n, 1, k}, dtype);
            if (mine()) cpu::pack(param.panels_transposed, {w, n, k, k, 1}, dtype);
        }
    });
}

}  // namespace mf

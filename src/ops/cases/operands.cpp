// SPDX-License-Identifier: MIT
#include "ops/cases/operands.hpp"

#include "core/rng.hpp"

namespace mf {

Tensor CaseOperands::draw(const Shape& shape, DType dtype, double spread, bool exact16, std::uint64_t seed,
                          std::uint64_t index) {
    Tensor out(shape, DType::f32);
    Random(seed, Stream::test).normal_vector(out.f32(), out.count(), index);
    for (float& number : out.floats()) {
        number *= static_cast<float>(spread);
        if (exact16) number = to_float(to_bfloat16(number));
    }
    if (dtype == DType::f32) return out;
    Tensor converted(shape, dtype);
    converted.copy_from(out);
    return converted;
}

CaseOperands::CaseOperands(const OpCase& op_case, Device& device, std::uint64_t seed) {
    const bool exact16 = op_case.precision == Precision::bf16 && op_case.exact_operands;
    std::uint64_t index = 0;
    for (const CaseOperand& operand : op_case.data) {
        check(operand.shape.rank() == 2, "[case] data {} of {} must be (rows, cols)", operand.name,
              op_case.name);
        data_.push_back(draw(operand.shape, operand.dtype, operand.spread, exact16, seed, index++));
        tangents_.push_back(operand.differentiated
                                ? draw(operand.shape, operand.dtype, 1.0, exact16, seed, index++)
                                : Tensor());
    }
    for (const CaseOperand& operand : op_case.params) {
        const int rank = operand.shape.rank();
        params_.push_back(rank == 4 ? &store_.add_kernel(operand.name, operand.shape)
                                    : &store_.add(operand.name, operand.shape, rank == 2));
    }
    store_.freeze();
    for (std::size_t i = 0; i < params_.size(); ++i) {
        const CaseOperand& operand = op_case.params[i];
        Tensor value = params_[i]->value;
        value.copy_from(draw(operand.shape, DType::f32, operand.spread, exact16, seed, index++));
    }
    store_.move_to(device);
    store_.repack(device, op_case.precision);
}

std::size_t CaseOperands::bytes() const {
    std::size_t sum = static_cast<std::size_t>(store_.count()) * sizeof(float);
    for (const Tensor& operand : data_) sum += operand.bytes();
    return sum;
}

}  // namespace mf

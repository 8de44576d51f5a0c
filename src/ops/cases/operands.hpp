// SPDX-License-Identifier: MIT
// Numbers for the operands of a case.
#pragma once

#include <vector>

#include "ops/catalogue.hpp"

namespace mf {

/// Values, tangents and packed parameters of one case: normally distributed, a function of the seed alone.
class CaseOperands {
  public:
    /// Parameters are where `device` computes, data in the memory of the host.
    CaseOperands(const OpCase& op_case, Device& device, std::uint64_t seed = 1);
    CaseOperands(const CaseOperands&) = delete;
    CaseOperands& operator=(const CaseOperands&) = delete;

    const std::vector<Tensor>& data() const { return data_; }
    /// One for each data operand, over all its rows; empty for constants.
    const std::vector<Tensor>& tangents() const { return tangents_; }
    const ParamStore& store() const { return store_; }
    const std::vector<const Param*>& params() const { return params_; }
    /// Bytes of the values of data and parameters.
    std::size_t bytes() const;

    /// Normally distributed numbers; numbers that bf16 holds when `exact16`.
    static Tensor draw(const Shape& shape, DType dtype, double spread, bool exact16, std::uint64_t seed,
                       std::uint64_t index);

  private:
    std::vector<Tensor> data_, tangents_;
    ParamStore store_;
    std::vector<const Param*> params_;
};

}  // namespace mf

// SPDX-License-Identifier: MIT
// Every op with its law and its cases. A case is data: operands, how the op is called, and an independent
// statement of the law in double precision. One battery (src/verify/battery) tests all cases, one
// stopwatch (ops/bench.hpp) times them; no op has a test program of its own.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ops/context.hpp"

namespace mf {

/// One operand of a case.
struct CaseOperand {
    std::string name;
    Shape shape;                 ///< data: (rows, cols); the rows of all data operands are the same
    bool differentiated = true;  ///< data: may move and has a gradient; false: a constant (a target)
    double spread = 1;           ///< drawn from a normal distribution of this standard deviation
    DType dtype = DType::f32;    ///< what the op is given: f32 or bf16
};

/// Operands as numbers: data first, then parameters, in the order of the case.
using Numbers = std::vector<std::vector<double>>;

/// Floating-point operations of the value, of the tangent beside it, and of the adjoint.
struct CaseWork {
    double value = 0, tangent = 0, adjoint = 0;
};

struct OpCase {
    std::string name;  ///< sizes and variant: "31x33_to_276_bf16"
    std::vector<CaseOperand> data;
    std::vector<CaseOperand> params;  ///< of rank 2: a matrix that GEMM reads; of rank 4: a kernel
    Precision precision = Precision::f32;
    /// Calls the op.
    std::function<Dual(const Context&, std::span<const Dual> data, std::span<const Param* const> params)> run;
    /// The value (rows * cols of the result) at x. What the law keeps from being differentiated is taken at
    /// x0.
    std::function<std::vector<double>(const Numbers& x, const Numbers& x0)> reference;
    /// Largest error of a number of the result, as a share of the root mean square of all of them.
    double tolerance = 2e-6;
    CaseWork work;
    /// The result is one number (a loss): no rows of its own, no tangent.
    bool reduces = false;
    /// bf16: the operands are numbers that bf16 holds, so that `tolerance` is the error of the op alone.
    bool exact_operands = true;
};

struct OpEntry {
    std::string name;
    std::string law;                          ///< a few lines of mathematics, for `meanflow info ops`
    std::vector<OpCase> (*cases)();           ///< what is tested: small and odd sizes
    std::vector<OpCase> (*timed)(Precision);  ///< what is timed: sizes of real networks
    std::optional<KernelSet> needs = {};      ///< of the kernels that a device may lack
};

const std::vector<OpEntry>& op_catalogue();

}  // namespace mf

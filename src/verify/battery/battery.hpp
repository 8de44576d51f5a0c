// SPDX-License-Identifier: MIT
// All ops on a device: every case of the catalogue against every check.
#pragma once

#include <string>

#include "ops/catalogue.hpp"

namespace mf::verify {

enum class OpState : std::uint8_t {
    ok,
    lacks,  ///< the device has no kernel for it and says so
    failed
};
const char* name_of(OpState state);

/// What became of an op. Errors are the largest of all cases, each as a share of what its case allows: 1 is just right.
struct OpReport {
    std::string op;
    std::size_t cases = 0;
    OpState state = OpState::ok;
    double value = 0, tangent = 0;  ///< against the reference in double precision
    double adjoint = 0;             ///< against differences of the reference, and against the tangent
    double devices = 0;             ///< against the CPU; 0 on the CPU itself
    std::string complaint;          ///< failed: the first of them, a line; lacks: the kernel; ok: a remark
};

/// Runs every case: value, tangent, adjoint, bits that must not depend on what else is asked for, sums of gradients, memory
/// that starts as NaN and may not be left, and, on other devices than the CPU, the CPU's numbers. What the device throws is a failure of
/// the op, and is not thrown again.
/// `allowance`: what the tolerances of all cases are multiplied with (allowance_of in check_file.hpp). Above 1 the device
/// multiplies by a library, whose bits may depend on the number of rows: a remark.
OpReport check_op(const OpEntry& op, Device& device, double allowance = 1);

}  // namespace mf::verify

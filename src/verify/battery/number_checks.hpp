// SPDX-License-Identifier: MIT
// The checks of the battery that compare numbers: value, tangent and adjoint of a case against its reference in double
// precision, and of one device against another. A check returns "" or says what is wrong, so that tests can also ask for a
// complaint; `worst`, unless it is null, becomes the largest error that was seen as a share of what is allowed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "verify/battery/case_runner.hpp"

namespace mf::verify {

double root_mean_square(std::span<const double> x);
/// Every number within `tolerance` of what it should be, as a share of the root mean square of all.
std::string compare(const std::string& what, std::span<const float> got, std::span<const double> want,
                    double tolerance, double* worst = nullptr);
std::vector<double> to_doubles(const std::vector<float>& x);
/// Coverages worth trying: none, one row, half, all; each operand alone; tangents of different lengths.
std::vector<std::vector<std::int64_t>> coverages(const OpCase& c, std::int64_t rows);

std::string check_value(const OpCase& c, Device& device, double* worst = nullptr);
std::string check_tangent(const OpCase& c, Device& device, double* worst = nullptr);
std::string check_adjoint(const OpCase& c, Device& device, double* worst = nullptr);
/// <ȳ, J x'> = <Jᵀ ȳ, x'>, both sides by the op itself.
std::string check_dot_product(const OpCase& c, Device& device, double* worst = nullptr);
/// J (2 a - 2 b) = 2 J a - 2 J b; the factors are exact.
std::string check_linearity(const OpCase& c, Device& device, double* worst = nullptr);
/// All that comes out of a run on the device against what comes out on the CPU: both are within the tolerance of the case.
std::string check_devices(const OpCase& c, Device& device, double* worst = nullptr);

}  // namespace mf::verify

// SPDX-License-Identifier: MIT
// The checks of the battery that compare bits, and those of memory and the tape; and the list of all checks. As those of
// number_checks.hpp; bits are equal or not, so that these have no worst error.
#pragma once

#include <span>
#include <string>

#include "verify/battery/number_checks.hpp"

namespace mf::verify {

std::string same_bits(const std::string& what, std::span<const float> got, std::span<const float> want);
std::string same_outcomes(const std::string& what, const Outcome& got, const Outcome& want);

/// Value bits do not depend on tangents or a tape, tangent bits not on the rows they cover, gradients not on
/// tangents.
std::string check_bits(const OpCase& c, Device& device, double* = nullptr);
/// A row has the same bits alone and in a batch: value, tangent and gradient.
std::string check_rows_alone(const OpCase& c, Device& device, double* = nullptr);
std::string check_threads(const OpCase& c, Device& device, double* = nullptr);
/// Gradients of two uses of the op are the sum of the gradients of each, and are added to what is there.
std::string check_accumulation(const OpCase& c, Device& device, double* = nullptr);
/// Constants get no gradient and change nothing; a result that nobody needs costs nothing; ȳ may come in
/// bf16.
std::string check_wants(const OpCase& c, Device& device, double* = nullptr);
/// Writes stay inside the blocks that were asked for, and nothing is read before it is written.
std::string check_guards(const OpCase& c, Device& device, double* = nullptr);
/// A second identical run asks the system for no memory; after a run all blocks are back and the tape is
/// empty.
std::string check_memory(const OpCase& c, Device& device, double* = nullptr);

struct NamedCheck {
    const char* name;
    std::string (*run)(const OpCase&, Device&, double* worst);
};

inline constexpr NamedCheck kBattery[] = {
    {"value", check_value},
    {"tangent", check_tangent},
    {"adjoint", check_adjoint},
    {"dot product", check_dot_product},
    {"linearity", check_linearity},
    {"bits", check_bits},
    {"rows alone", check_rows_alone},
    {"threads", check_threads},
    {"accumulation", check_accumulation},
    {"wants", check_wants},
    {"guards", check_guards},
    {"memory", check_memory},
};

}  // namespace mf::verify

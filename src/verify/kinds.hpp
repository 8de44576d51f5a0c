// SPDX-License-Identifier: MIT
// What this build can verify: a file's kind is what its name begins with.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "verify/place.hpp"
#include "verify/reference.hpp"

namespace mf::verify {

/// What computes a kind.
enum class Computes : std::uint8_t {
    device,  ///< whatever device there is
    host,    ///< the host, whatever device there is: draws, data, scores
    cpu      ///< the CPU's kernels alone: convolutions
};

struct VerifyKind {
    std::string_view prefix;
    void (*verify)(const Reference&, Comparison&, const Place&);
    Computes computes = Computes::device;
    bool has_precision = false;  ///< it has a network that can compute in bf16 as well
};

/// Every kind; longer prefixes stand before the shorter ones that they begin with.
std::span<const VerifyKind> verify_kinds();
/// The kind of a file name, or null.
const VerifyKind* kind_of(std::string_view file_name);

void verify_dit(const Reference& reference, Comparison& comparison, const Place& place);
void verify_hash(const Reference& reference, Comparison& comparison, const Place& place);
void verify_inception(const Reference& reference, Comparison& comparison, const Place& place);
void verify_resize299(const Reference& reference, Comparison& comparison, const Place& place);
void verify_metrics(const Reference& reference, Comparison& comparison, const Place& place);
void verify_mit(const Reference& reference, Comparison& comparison, const Place& place);
void verify_optim(const Reference& reference, Comparison& comparison, const Place& place);
void verify_samplers(const Reference& reference, Comparison& comparison, const Place& place);
void verify_toy(const Reference& reference, Comparison& comparison, const Place& place);
void verify_toy_checkerboard(const Reference& reference, Comparison& comparison, const Place& place);
void verify_vae(const Reference& reference, Comparison& comparison, const Place& place);

}  // namespace mf::verify

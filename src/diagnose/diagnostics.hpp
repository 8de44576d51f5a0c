// SPDX-License-Identifier: MIT
// What can be measured of a network while it learns: how noisy its regression targets are, how large the
// Jacobian-vector product is and how it bears bf16 and other tangents, and how far u(z, t, t) is from the velocity.
// docs/maths.md, section 3, derives what the numbers are about; docs/diagnostics.md says what to make of them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/options.hpp"
#include "data/dataset.hpp"
#include "nn/velocity_model.hpp"

namespace mf {

struct DiagnosticsRequest {
    std::int64_t count = 512;  ///< draws of (data, noise, times)
    std::uint64_t seed =
        0;  ///< of these draws: the same for every checkpoint, so that curves are of the network
    Device* device = nullptr;  ///< where the network is; null: the CPU. Statistics are made by the CPU
};

using NamedNumbers = std::vector<std::pair<std::string, double>>;

/// Measures `model`, which must be packed in f32 where it is, and is so afterwards; `settings` are those of its run (path, times,
/// objective). Labels are given as drawn, without guidance (ω = 1). All squares are means over the dimensions of a
/// sample. A network without intervals (fm) has the errors of its velocity only.
///   noise_imf, noise_mf, noise_ratio   E|ε|² with ε = (e - x) - v_θ, E|(I - (t-r) J) ε|², and their quotient: the share
///                                      of the loss that no network can learn away
///   loss_X, loss_std_X                 mean and standard deviation over draws of a row's unweighted loss, X: mf, imf
///   fixed_z_X, fixed_z_loss_X          variance of the target, and standard deviation of the loss, at fixed (z, t, r)
///                                      over the posterior of (x, e), with the other draws as candidates for x;
///                                      fixed_z_rows: states whose posterior is not one sample (fewer than 8: left out)
///   jvp_T                              E|(t-r) du/dt|² / E|e - x|² with tangent T: velocity, self, head
///   tangent_self, tangent_head         relative difference of du/dt: velocity against self, head against self
///   u_bf16, jvp_bf16                   relative error of u and of (t-r) du/dt in bf16
///   self_velocity@t, head_velocity@t, self_head@t
///                                      E|a - b|² of a, b among u(z,t,t), the v head and e - x, in a bin of t of width
///                                      0.2 with its middle at t
NamedNumbers diagnose(VelocityModel& model, const Settings& settings, const Dataset& data,
                      const DiagnosticsRequest& request, Team& team);

/// One line on what a number of `diagnose` is.
std::string meaning_of_diagnostic(const std::string& name);

}  // namespace mf

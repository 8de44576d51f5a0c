// SPDX-License-Identifier: MIT
// Where golden vectors are checked: references lie in the memory of the host, networks and what they compute on a device.
#pragma once

#include <vector>

#include "core/team.hpp"
#include "objectives/objective.hpp"
#include "ops/context.hpp"

namespace mf::verify {

struct Place {
    Team& team;      ///< of the host: what is drawn and measured
    Device& device;  ///< what computes networks, objectives, samplers and optimisers

    bool is_cpu() const { return device.host_visible(); }
    /// Takes a network there, packed.
    void settle(ParamStore& params, Precision precision) const;
    /// The numbers where the host reads them: themselves, or a copy.
    Tensor on_host(const Tensor& x) const;
    /// A parameter's gradient, in its own order.
    std::vector<float> gradient(Gradients& gradients, const Param& param) const;
    /// The draws with what kernels read of them on the device, as a lane of training has it.
    Draws draws(const Context& context, Draws host) const;
};

}  // namespace mf::verify

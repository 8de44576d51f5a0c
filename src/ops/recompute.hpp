// SPDX-License-Identifier: MIT
// Activation recomputation (Chen et al. 2016, arXiv 1604.06174): a part of the network runs without being recorded, and
// again when its adjoint is due. One more forward pass of values (tangents are not needed then) for the memory of one part
// at a time. The same ops run on the same values, so the results are the same; only where several parts add to one
// gradient the order of the sum is another, which may show in its last bit.
#pragma once

#include <array>

#include "ops/context.hpp"

namespace mf {

/// part(context, inputs) gives a Dual from the inputs, as a pure function of them and of parameters. It is copied, and
/// what it refers to must outlive the step. Without `context.recompute` or without a tape it is simply called.
template <std::size_t N, class Part>
Dual recomputed(const Context& context, std::array<Dual, N> inputs, Part part) {
    if (!context.recompute || context.tape == nullptr) return part(context, inputs);
    Dual y = part(context.untaped(), inputs);
    y.slot = context.tape->new_slot();
    for (Dual& x : inputs) x.tangent = {};
    context.tape->record([&device = context.device, &pool = context.pool, precision = context.precision,
                          host_pool = context.host_pool, inputs = std::move(inputs), part = std::move(part),
                          slot = y.slot](Tape& tape) {
        Tensor gradient = tape.take_gradient(slot);
        if (gradient.empty()) return;
        Tape& inner = tape.inner();
        std::array<Dual, N> own = inputs;
        for (Dual& x : own)
            if (x.slot.wanted()) x.slot = inner.new_slot();
        std::array<GradSlot, N> slots;
        for (std::size_t i = 0; i < N; ++i) slots[i] = own[i].slot;
        const Dual again = part({device, pool, &inner, precision, false, host_pool}, own);
        own = {};
        inner.add_gradient(again.slot, std::move(gradient));
        inner.run_back();
        for (std::size_t i = 0; i < N; ++i)
            if (slots[i].wanted()) tape.add_gradient(inputs[i].slot, inner.take_gradient(slots[i]));
        inner.clear();
    });
    return y;
}

}  // namespace mf

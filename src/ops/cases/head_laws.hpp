// SPDX-License-Identifier: MIT
// What the cases of RMS norm, of RoPE and of both in one share.
#pragma once

#include <memory>

#include "ops/cases/transformer_sizes.hpp"
#include "ops/rope.hpp"

namespace mf {

/// Groups of c columns: y = g x / sqrt(mean(x^2) + eps).
inline std::vector<double> rms_norm_law(std::int64_t c, std::span<const double> x,
                                        std::span<const double> g) {
    std::vector<double> y(x.size());
    for (std::size_t group = 0; group < y.size(); group += at(c)) {
        double squares = 0;
        for (std::int64_t j = 0; j < c; ++j) squares += std::pow(x[group + at(j)], 2);
        const double s = 1 / std::sqrt(squares / static_cast<double>(c) + 1e-6);
        for (std::int64_t j = 0; j < c; ++j) y[group + at(j)] = g[at(j)] * x[group + at(j)] * s;
    }
    return y;
}

/// Heads of every token turned by the angles of its place.
inline std::vector<double> rope_law(const SequenceSize& z, std::span<const double> x) {
    std::vector<double> y(x.size());
    for (std::size_t k = 0; k < y.size(); k += 2) {
        const std::int64_t place = static_cast<std::int64_t>(k) / z.columns() % z.tokens;
        const std::int64_t j = static_cast<std::int64_t>(k) % z.d;
        const double angle = static_cast<double>(place) *
                             std::pow(10000.0, -static_cast<double>(j) / static_cast<double>(z.d));
        y[k] = x[k] * std::cos(angle) - x[k + 1] * std::sin(angle);
        y[k + 1] = x[k] * std::sin(angle) + x[k + 1] * std::cos(angle);
    }
    return y;
}

/// The angles where the device computes, in memory that goes when the tape has run back.
inline const RopeTable& table_on(const Context& context, const std::shared_ptr<const RopeTable>& here,
                                 std::shared_ptr<const RopeTable>& there) {
    if (context.device.host_visible()) return *here;
    const auto moved = [&](const Tensor& from) {
        Tensor to = context.make(from.shape());
        context.device.upload(Into(to).data, from.raw(), from.bytes());
        return to;
    };
    there = std::make_shared<const RopeTable>(RopeTable{moved(here->cos), moved(here->sin)});
    if (context.tape != nullptr) context.tape->record([there](Tape&) {});
    return *there;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "ops/rope.hpp"

#include <memory>

#include "ops/cases/transformer_sizes.hpp"

namespace mf {
namespace {

/// The angles where the device computes, in memory that goes when the tape has run back.
const RopeTable& table_on(const Context& context, const std::shared_ptr<const RopeTable>& here,
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

OpCase rope_case(const SequenceSize& z, Precision precision = Precision::f32) {
    OpCase out;
    out.name = z.text() + suffix(precision);
    out.data = {{.name = "x", .shape = {z.samples, z.row()}}};
    const auto table = std::make_shared<const RopeTable>(RopeTable::make(z.tokens, z.d));
    out.run = [z, table](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        std::shared_ptr<const RopeTable> there;
        const RopeTable& angles = table_on(context, table, there);
        return rope(context, data[0].reshaped(z.columns()), angles, context.operand()).reshaped(z.row());
    };
    out.precision = precision;
    if (precision == Precision::bf16) out.tolerance = 1e-2;
    out.reference = [z](const Numbers& x, const Numbers&) {
        std::vector<double> y(x[0].size());
        for (std::size_t k = 0; k < y.size(); k += 2) {
            const std::int64_t place = static_cast<std::int64_t>(k) / z.columns() % z.tokens;
            const std::int64_t j = static_cast<std::int64_t>(k) % z.d;
            const double angle = static_cast<double>(place) *
                                 std::pow(10000.0, -static_cast<double>(j) / static_cast<double>(z.d));
            y[k] = x[0][k] * std::cos(angle) - x[0][k + 1] * std::sin(angle);
            y[k + 1] = x[0][k] * std::sin(angle) + x[0][k + 1] * std::cos(angle);
        }
        return y;
    };
    const auto count = static_cast<double>(z.samples * z.row());
    out.work = {3 * count, 3 * count, 3 * count};
    return out;
}

std::vector<OpCase> rope_cases() {
    return {rope_case({1, 1, 1, 2}),    rope_case({3, 31, 2, 6}), rope_case({2, 33, 3, 16}),
            rope_case({1, 276, 1, 64}), rope_case({5, 7, 2, 18}), rope_case({2, 33, 3, 18}, Precision::bf16)};
}

std::vector<OpCase> rope_timed(Precision precision) { return {rope_case({16, 84, 4, 64}, precision)}; }

}  // namespace

OpEntry rope_entry() {
    return {"rope", "(y_2k, y_2k+1) = R(p θ_k) (x_2k, x_2k+1), θ_k = base^(-2k/d);  y' = R x';  x̄ += Rᵀ ȳ",
            rope_cases, rope_timed};
}

}  // namespace mf

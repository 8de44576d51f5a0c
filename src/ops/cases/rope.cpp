// SPDX-License-Identifier: MIT
#include "ops/cases/head_laws.hpp"

namespace mf {
namespace {

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
    out.reference = [z](const Numbers& x, const Numbers&) { return rope_law(z, x[0]); };
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

// SPDX-License-Identifier: MIT
#include "ops/rms_norm_rope.hpp"

#include "ops/cases/head_laws.hpp"

namespace mf {
namespace {

OpCase norm_rope_case(const SequenceSize& z, Precision precision = Precision::f32) {
    OpCase out;
    out.name = z.text() + suffix(precision);
    out.data = {{.name = "x", .shape = {z.samples, z.row()}}};
    out.params = {{.name = "g", .shape = {z.d}}};
    const auto table = std::make_shared<const RopeTable>(RopeTable::make(z.tokens, z.d));
    out.run = [z, table](const Context& context, std::span<const Dual> data,
                         std::span<const Param* const> params) {
        std::shared_ptr<const RopeTable> there;
        const RopeTable& angles = table_on(context, table, there);
        return rms_norm_rope(context, data[0].reshaped(z.columns()), *params[0], angles, context.operand())
            .reshaped(z.row());
    };
    out.precision = precision;
    out.reference = [z](const Numbers& x, const Numbers&) {
        return rope_law(z, rms_norm_law(z.d, x[0], x[1]));
    };
    out.tolerance = precision == Precision::bf16 ? 2.5e-2 : 4e-6;
    const auto count = static_cast<double>(z.samples * z.row());
    out.work = {7 * count, 9 * count, 11 * count};
    return out;
}

std::vector<OpCase> norm_rope_cases() {
    return {norm_rope_case({3, 1, 2, 2}),   norm_rope_case({3, 31, 2, 6}),
            norm_rope_case({2, 33, 3, 16}), norm_rope_case({1, 276, 1, 64}),
            norm_rope_case({2, 5, 3, 98}),  norm_rope_case({2, 33, 3, 18}, Precision::bf16)};
}

std::vector<OpCase> norm_rope_timed(Precision precision) {
    return {norm_rope_case({16, 84, 4, 64}, precision)};
}

}  // namespace

OpEntry rms_norm_rope_entry() {
    return {"rms_norm_rope",
            "y = R n, n = rms_norm(x);  y' = R n';  n̄ = Rᵀ ȳ, then x̄ and ḡ as rms_norm has them",
            norm_rope_cases, norm_rope_timed};
}

}  // namespace mf

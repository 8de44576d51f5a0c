// SPDX-License-Identifier: MIT
#include "ops/concat.hpp"

#include <algorithm>
#include <array>

namespace mf {
namespace {

struct ConcatRecord {
    static constexpr std::size_t most = 8;
    Device& device;
    Pool& pool;
    std::array<GradSlot, most> slots{};
    std::array<std::int64_t, most> widths{};
    std::size_t parts = 0;
    GradSlot y_slot{};

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        std::int64_t at = 0;
        for (std::size_t i = 0; i < parts; at += widths[i++]) {
            if (!slots[i].wanted()) continue;
            Tensor dx({dy.rows(), widths[i]}, DType::f32, &pool);
            device.copy_runs(dx, {0, widths[i]}, dy, {at, dy.cols()}, dy.rows(), widths[i]);
            tape.add_gradient(slots[i], std::move(dx));
        }
    }
};

}  // namespace

Dual concat(const Context& context, std::span<const Dual* const> parts) {
    check(!parts.empty() && parts.size() <= ConcatRecord::most, "[concat] 1 to {} parts, got {}",
          ConcatRecord::most, parts.size());
    const std::int64_t rows = parts[0]->rows();
    std::int64_t cols = 0, moving = 0;
    bool wanted = false;
    for (const Dual* part : parts) {
        check(part->rows() == rows, "[concat] parts must have {} rows, one has {}", rows, part->rows());
        cols += part->cols();
        moving = std::max(moving, part->tangent_rows());
        wanted = wanted || part->slot.wanted();
    }
    Dual y(context.make({rows, cols}));
    if (moving > 0) y.tangent = Tensor::zeros({moving, cols}, DType::f32, &context.pool);
    ConcatRecord record{context.device, context.pool};
    std::int64_t at = 0;
    for (const Dual* part : parts) {
        const std::int64_t width = part->cols(), n = part->tangent_rows();
        context.device.copy_runs(y.value, {at, cols}, part->value, {0, width}, rows, width);
        if (n > 0)
            context.device.copy_runs(y.tangent, {(moving - n) * cols + at, cols}, part->tangent, {0, width},
                                     n, width);
        record.slots[record.parts] = part->slot;
        record.widths[record.parts++] = width;
        at += width;
    }
    if (context.tape != nullptr && wanted) {
        record.y_slot = y.slot = context.tape->new_slot();
        context.tape->record(record);
    }
    return y;
}

}  // namespace mf

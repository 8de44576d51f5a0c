// SPDX-License-Identifier: MIT
#include "ops/embedding.hpp"

#include <algorithm>

namespace mf {
namespace {

struct EmbeddingRecord {
    Pool& pool;
    Tensor labels;
    const Param& table;
    GradSlot y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        const std::int64_t c = table.shape[1];
        const auto* label = static_cast<const std::int32_t*>(labels.raw());
        float* const to = tape.gradients().of(table);
        for (std::int64_t i = 0; i < labels.count(); ++i)
            for (std::int64_t j = 0; j < c; ++j) to[label[i] * c + j] += dy.f32()[i * c + j];
    }
};

}  // namespace

Dual embedding(const Context& context, const Tensor& labels, const Param& table) {
    check(labels.dtype() == DType::i32, "[embedding] labels must be i32, got {}", name_of(labels.dtype()));
    const std::int64_t entries = table.shape[0], c = table.shape[1], rows = labels.count();
    const auto* label = static_cast<const std::int32_t*>(labels.raw());
    Dual y(context.make({rows, c}));
    for (std::int64_t i = 0; i < rows; ++i) {
        check(label[i] >= 0 && label[i] < entries, "[embedding] label {} of row {} is not in 0..{} ({})",
              label[i], i, entries - 1, table.name);
        std::copy_n(table.value.f32() + label[i] * c, c, y.value.f32() + i * c);
    }
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(EmbeddingRecord{context.pool, labels, table, y.slot});
    }
    return y;
}

}  // namespace mf

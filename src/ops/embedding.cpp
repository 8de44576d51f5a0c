// SPDX-License-Identifier: MIT
#include "ops/embedding.hpp"

namespace mf {
namespace {

struct EmbeddingRecord {
    Device& device;
    Pool& pool;
    Tensor labels;
    const Param& table;
    GradSlot y_slot;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        dy = dy.reshaped({labels.count(), table.shape[1]});
        device.embedding_adjoint(tape.gradients().into(table), dy,
                                 static_cast<const std::int32_t*>(labels.raw()));
    }
};

}  // namespace

Dual embedding(const Context& context, const Tensor& labels, const Param& table) {
    check(labels.dtype() == DType::i32, "[embedding] labels must be i32, got {}", name_of(labels.dtype()));
    const std::int64_t entries = table.shape[0], c = table.shape[1], rows = labels.count();
    const auto* label = static_cast<const std::int32_t*>(labels.raw());
    Dual y(context.make({rows, c}));
    for (std::int64_t i = 0; i < rows; ++i)
        check(label[i] >= 0 && label[i] < entries, "[embedding] label {} of row {} is not in 0..{} ({})",
              label[i], i, entries - 1, table.name);
    context.device.embedding(y.value, table.value, label);
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(EmbeddingRecord{context.device, context.pool, labels, table, y.slot});
    }
    return y;
}

}  // namespace mf

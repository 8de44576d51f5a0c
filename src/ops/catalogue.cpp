// SPDX-License-Identifier: MIT
#include "ops/catalogue.hpp"

#include "ops/cases/entries.hpp"

namespace mf {

namespace {

std::vector<OpEntry> all_entries() {
    std::vector<OpEntry> out = {
        linear_entry(),
        add_entry(),
        subtract_entry(),
        multiply_entry(),
        scale_entry(),
        concat_entry(),
        square_loss_entry(),
        rms_norm_entry(),
        layer_norm_entry(),
        gated_add_entry(),
        modulate_entry(),
        swiglu_entry(),
        rope_entry(),
        rms_norm_rope_entry(),
        attention_entry(),
        patchify_entry(),
        unpatchify_entry(),
        with_tokens_entry(),
        without_tokens_entry(),
        embedding_entry(),
        sinusoid_entry(),
        columns_entry(),
        neighbours_entry(),
        mean_tokens_entry(),
        cross_entropy_entry(),
        conv2d_entry(),
        group_norm_entry(),
        upsample_nearest_entry(),
        resample_filter_entry(),
        resize_bilinear_entry(),
        average_pool_entry(),
        max_pool_entry(),
    };
    const std::vector<OpEntry> functions = pointwise_entries();
    out.insert(out.begin() + 1, functions.begin(), functions.end());
    return out;
}

}  // namespace

const std::vector<OpEntry>& op_catalogue() {
    static const std::vector<OpEntry> catalogue = all_entries();
    return catalogue;
}

}  // namespace mf

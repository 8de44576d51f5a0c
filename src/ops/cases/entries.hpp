// SPDX-License-Identifier: MIT
// What the files of this folder give to the catalogue.
#pragma once

#include <array>

#include "ops/catalogue.hpp"

namespace mf {

OpEntry linear_entry();
std::vector<OpEntry> pointwise_entries();  ///< one for each function of one number
OpEntry add_entry();
OpEntry subtract_entry();
OpEntry multiply_entry();
OpEntry scale_entry();
OpEntry concat_entry();
OpEntry square_loss_entry();
OpEntry rms_norm_entry();
OpEntry layer_norm_entry();
OpEntry gated_add_entry();
OpEntry modulate_entry();
OpEntry swiglu_entry();
OpEntry rope_entry();
OpEntry rms_norm_rope_entry();
OpEntry attention_entry();
OpEntry patchify_entry();
OpEntry unpatchify_entry();
OpEntry with_tokens_entry();
OpEntry without_tokens_entry();
OpEntry embedding_entry();
OpEntry sinusoid_entry();
OpEntry columns_entry();
OpEntry neighbours_entry();
OpEntry mean_tokens_entry();
OpEntry cross_entropy_entry();
OpEntry conv2d_entry();
OpEntry group_norm_entry();
OpEntry upsample_nearest_entry();
OpEntry resample_filter_entry();
OpEntry resize_bilinear_entry();
OpEntry average_pool_entry();
OpEntry max_pool_entry();

/// "" or "_bf16", for the names of cases.
inline std::string suffix(Precision precision) { return precision == Precision::bf16 ? "_bf16" : ""; }

}  // namespace mf

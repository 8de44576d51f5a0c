// SPDX-License-Identifier: MIT
#include "ops/catalogue.hpp"

#include "ops/cases/entries.hpp"

namespace mf {

const std::vector<OpEntry>& op_catalogue() {
    static const std::vector<OpEntry> catalogue = {
        linear_entry(),   gelu_entry(),     gelu_tanh_entry(), silu_entry(),   add_entry(),
        subtract_entry(), multiply_entry(), scale_entry(),     concat_entry(), square_loss_entry(),
    };
    return catalogue;
}

}  // namespace mf

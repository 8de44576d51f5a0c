// SPDX-License-Identifier: MIT
#include "train/data_plan.hpp"

namespace mf {

DataPlan plan_of(const LoadedModel& model, int threads) {
    DataPlan out{.threads = threads};
    const bool in_files = model.settings.has("data.path");
    const bool named =
        !model.class_names.empty() || model.sample.classes == 0;  // else: the classes are numbers only
    if (in_files && named) out.class_order = model.class_names;
    return out;
}

}  // namespace mf

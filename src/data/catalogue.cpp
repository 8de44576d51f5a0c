// SPDX-License-Identifier: MIT
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "data/image_sets.hpp"
#include "data/images.hpp"
#include "data/point_sets.hpp"

namespace mf {

std::unique_ptr<Dataset> DatasetFactory::operator()(const Settings& settings, const DataPlan& plan) const {
    if (planned_ != nullptr) return planned_(settings, plan);
    std::unique_ptr<Dataset> out = simple_(settings);
    const bool fixed = plan.class_order && !plan.class_order->empty();
    if (fixed && out->images() != nullptr && out->images()->class_names() != *plan.class_order)
        throw Error(fmt::format("[data] has the classes {}; expected {}",
                                fmt::join(out->images()->class_names(), ", "),
                                fmt::join(*plan.class_order, ", ")));
    return out;
}

const Catalogue<DatasetFactory>& dataset_catalogue() {
    const std::vector<DatasetEntry> entries = {
        checkerboard(),     //
        moons(),            //
        eight_gaussians(),  //
        pinwheel(),         //
        swiss_roll(),       //
        circles(),          //
        spiral(),           //
        shapes(),           //
        idx(),              //
        cifar(),            //
        image_folder(),     //
        latents(),          //
        noise(),            //
        arrays(),           //
    };
    static const Catalogue<DatasetFactory> catalogue("data set", entries);
    return catalogue;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "data/point_sets.hpp"

namespace mf {

const Catalogue<DatasetFactory>& dataset_catalogue() {
    const std::vector<CatalogueEntry<DatasetFactory>> entries = {
        checkerboard(),     //
        moons(),            //
        eight_gaussians(),  //
        pinwheel(),         //
        swiss_roll(),       //
        circles(),          //
        spiral(),           //
    };
    static const Catalogue<DatasetFactory> catalogue("data set", entries);
    return catalogue;
}

}  // namespace mf

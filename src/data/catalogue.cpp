// SPDX-License-Identifier: MIT
#include "data/image_sets.hpp"
#include "data/point_sets.hpp"

namespace mf {

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
        noise(),            //
    };
    static const Catalogue<DatasetFactory> catalogue("data set", entries);
    return catalogue;
}

}  // namespace mf

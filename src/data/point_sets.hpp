// SPDX-License-Identifier: MIT
// The point sets of the catalogue, each in the file of its name.
#pragma once

#include "data/dataset.hpp"

namespace mf {

using PointSetEntry = DatasetEntry;

PointSetEntry checkerboard();
PointSetEntry circles();
PointSetEntry eight_gaussians();
PointSetEntry moons();
PointSetEntry pinwheel();
PointSetEntry spiral();
PointSetEntry swiss_roll();

}  // namespace mf

// SPDX-License-Identifier: MIT
// What weights are, told by their names: for people who hand over one file in the place of another, and for lists of what
// does not fit.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/shape.hpp"

namespace mf {

using NamedShapes = std::vector<std::pair<std::string, Shape>>;

/// "an iMF transformer", "the Inception network of FID", ...; "" for names that belong to nothing known.
std::string network_of_names(const NamedShapes& weights);

/// Compares what is there with what is wanted. Error, one line: `place`, the names that are missing or have another shape
/// and those too many, at most ten in all, with the nearest names as its hint. Nothing when all is there.
void check_all_there(const std::string& place, const std::string& network, const NamedShapes& wanted,
                     const NamedShapes& given);

}  // namespace mf

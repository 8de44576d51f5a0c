// SPDX-License-Identifier: MIT
// A training that starts from the weights of another: of the same network, or of one with fewer inputs or heads.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "nn/velocity_model.hpp"
#include "train/source_weights.hpp"

namespace mf {

struct InitialWeights {
    std::map<std::string, Tensor> weights;  ///< every parameter of the network
    std::vector<std::string> remarks;       ///< what was not taken as it is, a line each
};

/// What the network `model` starts from.
/// Inputs that the source has never seen vary (the interval t - r of flow matching; strength and interval of guidance where
/// it was trained without) are held at the value that they had: the last layer of their embedder becomes that constant, so
/// that outputs are the source's whatever they are given, and training lets them act. Columns of inputs that the source
/// lacks are zero. A v head that it lacks starts as a copy of the u head. Classes are matched by name where both sides have
/// names; a class that the source does not have starts as its null class. Error, naming `place` and at most ten tensors,
/// when anything else does not fit, and for numbers that are not finite.
InitialWeights initial_weights_from(const SourceWeights& source, const VelocityModel& model,
                                    const std::vector<std::string>& class_names, Team& team,
                                    const std::string& place);

}  // namespace mf

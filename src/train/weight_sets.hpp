// SPDX-License-Identifier: MIT
// Weights as other programs save them: under a common prefix (module., _orig_mod., model.), or several sets in one file
// (the weights, their average, an optimiser's moments).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "io/named_tensors.hpp"

namespace mf {

/// Name of a network's tensor, in the file and here.
struct WeightSet {
    std::string prefix;   ///< what all its names begin with: "", "module.", "ema_model.module."
    std::string missing;  ///< what the names here begin with and those of the file do not: "net." or ""

    /// What --weights calls it: the prefix without its last point.
    std::string name() const;
    /// True when the prefix says that it is an average over training: ema, avg, swa, ...
    bool is_average() const;
    /// The set's tensors under the names that they have here.
    TensorFile taken_from(const NamedTensors& file) const;
};

/// True when one of the words of this name belongs to an optimiser: "optimizer.state.0.exp_avg", "adam.m.x".
bool is_of_optimiser(std::string_view name);

/// The sets in a file that hold a tensor whose name ends in `anchor`, in the order of their names. Moments of optimisers
/// are none. `anchor`: a name that every set must have; of a transformer, "x_embedder.proj.weight".
std::vector<WeightSet> weight_sets(const NamedTensors& file, std::string_view anchor);

/// The one that is meant. `wanted`: "ema" (an average where there is one), "online" (what is none), or the name of a set;
/// `own_name`: what the file itself calls its weights, "" where it does not. UsageError, naming `place` and all sets, when
/// that is none of them or several. What was decided is told in `remarks`.
const WeightSet& chosen_set(const std::vector<WeightSet>& sets, const std::string& wanted,
                            const std::string& own_name, const std::string& place,
                            std::vector<std::string>& remarks);

}  // namespace mf

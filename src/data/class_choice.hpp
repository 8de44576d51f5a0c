// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mf {

/// Which of a set's classes a run learns, and how it counts them.
struct ClassChoice {
    std::vector<std::string> names;      ///< by new label
    std::vector<std::int32_t> label_of;  ///< by stored label: the new one, or -1 for a class that is left out
};

/// `wanted`: names or numbers (a name goes first where it is both), in the order of the new labels; none: all of them.
/// UsageError for a class that `names` lacks or that is named twice.
ClassChoice choose_classes(const std::vector<std::string>& names, const std::vector<std::string>& wanted);

}  // namespace mf

// SPDX-License-Identifier: MIT
// Parts of a data set by the names that their folders have.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace mf {

/// The data are not parted, or this part is not among them.
class MissingSplit : public Error {
  public:
    using Error::Error;
};

/// The part that a folder of this name holds: "train" (also Train, training), "test" (testing), "val" (valid,
/// validation), whatever the letter case; "" for any other name.
std::string split_of(std::string_view folder);

/// Of `folders`, the one that stands for the part `split`: the one that has just this name, or the first.
std::string split_folder(const std::vector<std::string>& folders, const std::string& split);

}  // namespace mf

// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace mf {

/// A class name as it stands in a file's name: what file systems and shells mind becomes '_'.
std::string name_for_file(std::string name);

}  // namespace mf

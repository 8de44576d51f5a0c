// SPDX-License-Identifier: MIT
#include "data/splits.hpp"

#include <algorithm>

namespace mf {

std::string split_of(std::string_view folder) {
    std::string low(folder);
    for (char& c : low)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (low == "train" || low == "training") return "train";
    if (low == "test" || low == "testing") return "test";
    if (low == "val" || low == "valid" || low == "validation") return "val";
    return "";
}

std::string split_folder(const std::vector<std::string>& folders, const std::string& split) {
    if (std::ranges::find(folders, split) != folders.end()) return split;
    const auto found = std::ranges::find(folders, split, split_of);
    return found == folders.end() ? "" : *found;
}

}  // namespace mf

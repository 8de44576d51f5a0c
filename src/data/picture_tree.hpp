// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mf {

/// The pictures of a folder, and the class of each.
struct PictureTree {
    struct File {
        std::filesystem::path path;
        std::int32_t label;  ///< 0 without classes
    };
    std::vector<File> files;               ///< by class folder (byte by byte), then by path
    std::vector<std::string> class_names;  ///< by label; empty: there are no classes
    std::vector<std::string> remarks;      ///< what was left out
};

struct TreeRequest {
    std::string split = "train";  ///< "train", "test" or "val"
    /// The classes of a run that goes on (DataPlan::class_order): where its folder was understood in another way than
    /// today, it is still. The labels of the tree are its own all the same.
    std::optional<std::vector<std::string>> class_order = {};
    bool skip_unreadable = false;  ///< folders that cannot be listed are left out instead of refused
};

/// Lists a folder. Every sub-folder with a picture in it, at any depth, is a class; their labels follow the natural order
/// of the names (data/natural_order.hpp). Where more pictures lie directly in the folder than below there are no classes,
/// and those of all folders below belong to it; fewer are left out with a remark.
/// The folder stands for its sub-folder `split` where that is one part of several: when all its sub-folders have names
/// of parts (data/splits.hpp), or one of the name "train" is there and either holds folders of pictures itself or has
/// another part beside it. So it is, too, when the folder holds nothing but one such folder.
/// Links are followed, once each. Litter (io/folder_graph.hpp) is left out silently, everything else with a remark.
/// MissingSplit when there is no such part; Error when a folder cannot be read or there is no picture.
PictureTree list_pictures(const std::filesystem::path& folder, const TreeRequest& request);

}  // namespace mf

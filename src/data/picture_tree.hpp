// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mf {

/// The pictures of a folder, and the class of each.
struct PictureTree {
    struct File {
        std::filesystem::path path;
        std::int32_t label;  ///< 0 without classes
    };
    std::vector<File> files;               ///< by class, then by path
    std::vector<std::string> class_names;  ///< by label; empty: there are no classes
    std::vector<std::string> remarks;      ///< what was left out
};

/// Lists a folder. Where pictures lie directly in it there are no classes, and those of all folders below belong to it;
/// otherwise every sub-folder with a picture in it, at any depth, is a class, in the order of their names. A folder
/// that has `split` ("train", "test") in it, and nothing but such folders, stands for that one. Hidden files and
/// folders are left out silently, files that are no pictures with a remark. Error when a folder cannot be read or there
/// is no picture.
PictureTree list_pictures(const std::filesystem::path& folder, const std::string& split);

}  // namespace mf

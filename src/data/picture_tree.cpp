// SPDX-License-Identifier: MIT
#include "data/picture_tree.hpp"

#include <algorithm>
#include <system_error>

#include "core/error.hpp"
#include "io/picture_file.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

/// Files that are no pictures: how many, and one of them.
struct LeftOut {
    std::int64_t count = 0;
    fs::path first;
};

/// What lies directly in a folder, sorted, without hidden things.
struct Listing {
    std::vector<fs::path> folders, pictures;
};

Listing list(const fs::path& folder, LeftOut& left_out) {
    Listing out;
    std::error_code code;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
        if (it->path().filename().string().starts_with('.')) continue;
        std::error_code unknown;
        if (it->is_directory(unknown)) {
            out.folders.push_back(it->path());
        } else if (it->is_regular_file(unknown) && looks_like_picture(it->path())) {
            out.pictures.push_back(it->path());
        } else if (left_out.count++ == 0) {
            left_out.first = it->path();
        }
    }
    check(!code, "[image_folder] {}: cannot be listed: {}", folder.string(), code.message());
    std::ranges::sort(out.folders);
    std::ranges::sort(out.pictures);
    return out;
}

/// Adds the pictures of `folder` and, in order, of the folders below it. Links to folders are followed at the top only:
/// further down they could lead round in circles.
void collect(PictureTree& tree, const fs::path& folder, std::int32_t label, LeftOut& left_out) {
    const Listing listing = list(folder, left_out);
    for (const fs::path& path : listing.pictures) tree.files.push_back({path, label});
    for (const fs::path& below : listing.folders) {
        std::error_code unknown;
        if (!fs::is_symlink(below, unknown)) collect(tree, below, label, left_out);
    }
}

/// `folder`, or the sub-folder of the split where it is made of such.
fs::path root_of(const fs::path& folder, const Listing& listing, const std::string& split) {
    const std::vector<std::string> known = {"train", "test", "val"};
    const bool split_up = !listing.folders.empty() && listing.pictures.empty() &&
                          std::ranges::all_of(listing.folders, [&](const fs::path& path) {
                              return std::ranges::find(known, path.filename().string()) != known.end();
                          });
    if (split_up) {
        check(fs::is_directory(folder / split),
              "[image_folder] {}: has no folder '{}', only '{}' (data.split)", folder.string(), split,
              listing.folders[0].filename().string());
        return folder / split;
    }
    check(split == "train",
          "[image_folder] {}: is not made of folders train and test, so there is no '{}' (data.split)",
          folder.string(), split);
    return folder;
}

}  // namespace

PictureTree list_pictures(const fs::path& folder, const std::string& split) {
    PictureTree tree;
    LeftOut left_out, above;
    const fs::path root = root_of(folder, list(folder, above), split);
    const Listing top = list(root, left_out);
    if (!top.pictures.empty()) {
        left_out = {};
        collect(tree, root, 0, left_out);
        if (!top.folders.empty())
            tree.remarks.push_back(
                fmt::format("{}: pictures lie directly in it, so its folders are no classes (the first: {})",
                            root.string(), top.pictures[0].filename().string()));
    } else {
        for (const fs::path& below : top.folders) {
            const std::size_t before = tree.files.size();
            collect(tree, below, static_cast<std::int32_t>(tree.class_names.size()), left_out);
            if (tree.files.size() > before)
                tree.class_names.push_back(one_line(below.filename().string()));
            else
                tree.remarks.push_back(fmt::format("{}: has no pictures and is no class", below.string()));
        }
    }
    check(!tree.files.empty(), "[image_folder] {}: there are no PNG or JPEG pictures", root.string());
    if (left_out.count > 0)
        tree.remarks.push_back(
            fmt::format("{}: {} files are neither PNG nor JPEG and are left out (the first: {})",
                        root.string(), left_out.count, left_out.first.string()));
    return tree;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "data/picture_tree.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "data/class_words.hpp"
#include "data/natural_order.hpp"
#include "data/splits.hpp"
#include "io/folder_graph.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

/// A sub-folder, and all pictures below it.
struct Branch {
    std::string name;
    std::vector<fs::path> pictures;
};

/// A folder with what lies in and below it.
struct Level {
    fs::path path;
    std::vector<std::string> loose;  ///< pictures directly in it
    std::vector<Branch> branches;    ///< by name, byte by byte; with pictures
    std::vector<std::string> empty;  ///< sub-folders without

    std::size_t below() const {
        return std::accumulate(branches.begin(), branches.end(), std::size_t{0},
                               [](std::size_t sum, const Branch& b) { return sum + b.pictures.size(); });
    }
    bool is_flat() const { return loose.size() > below(); }
    std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const Branch& branch : branches) out.push_back(branch.name);
        return out;
    }
};

Level level_at(FolderGraph& graph, const fs::path& path) {
    const Folder& folder = graph.at(path);
    std::vector<std::string> names = folder.folders;
    names.insert(names.end(), folder.links.begin(), folder.links.end());
    std::ranges::sort(names);
    Level out{path, folder.pictures, {}, {}};
    for (const std::string& name : names) {
        std::vector<fs::path> pictures = graph.pictures_below(path / name);
        if (pictures.empty())
            out.empty.push_back(name);
        else
            out.branches.push_back({name, std::move(pictures)});
    }
    return out;
}

bool is_part(const std::string& name) { return !split_of(name).empty(); }
bool is_held_out(const std::string& name) { return is_part(name) && split_of(name) != "train"; }

/// True when the folder is made of parts of a data set.
bool is_split_up(FolderGraph& graph, const Level& level) {
    const std::vector<std::string> names = level.names();
    if (names.empty() || level.is_flat()) return false;
    if (std::ranges::all_of(names, is_part)) return true;
    const std::string train = split_folder(names, "train");
    if (train.empty()) return false;
    if (std::ranges::any_of(names, is_held_out)) return true;
    const Level inner = level_at(graph, level.path / train);
    return !inner.branches.empty() && !inner.is_flat();
}

/// `top`, or the only folder in it, or the only one in that, when it is made of parts; nothing otherwise.
std::optional<Level> split_level(FolderGraph& graph, Level level) {
    while (!is_split_up(graph, level)) {
        if (level.branches.size() != 1 || !level.loose.empty()) return std::nullopt;
        level = level_at(graph, level.path / level.branches[0].name);
    }
    return level;
}

bool are_among(const std::vector<std::string>& names, const std::vector<std::string>& order) {
    return std::ranges::all_of(names, [&](const std::string& name) {
        return std::ranges::find(order, one_line(name)) != order.end();
    });
}

/// What lies beside the folder `taken` and goes unused.
void remark_beside(PictureTree& tree, const Level& level, const std::string& taken,
                   const std::string& split) {
    std::vector<std::string> beside;
    for (const std::string& name : level.names())
        if (name != taken && (!is_part(name) || split_of(name) == split)) beside.push_back(one_line(name));
    if (!beside.empty())
        tree.remarks.push_back(
            fmt::format("{}: made of parts (train, test ...), so {} beside '{}' {} left out",
                        level.path.string(), some_of(beside), taken, beside.size() == 1 ? "is" : "are"));
}

/// Pictures beside the folders of a level that are left out.
void remark_loose(PictureTree& tree, const Level& level) {
    if (level.loose.empty()) return;
    tree.remarks.push_back(
        fmt::format("{}: {} picture{} loose beside its folders {} left out (the first: {})",
                    level.path.string(), level.loose.size(), level.loose.size() == 1 ? "" : "s",
                    level.loose.size() == 1 ? "is" : "are", one_line(level.loose[0])));
}

struct Root {
    fs::path path;
    bool flat = false;  ///< without classes, whatever lies in it
};

Root whole(const fs::path& folder, const TreeRequest& request, bool flat) {
    if (request.split != "train")
        throw MissingSplit(fmt::format(
            "[image_folder] {}: is not made of folders train and test, so there is no '{}' (data.split)",
            folder.string(), request.split));
    return {folder, flat};
}

/// `folder`, or the sub-folder of the part where it is made of such.
Root root_of(PictureTree& tree, FolderGraph& graph, const fs::path& folder, const TreeRequest& request) {
    const Level top = level_at(graph, folder);
    const auto& order = request.class_order;
    const bool flat_once = order && order->empty() && !top.loose.empty();
    if (flat_once || top.is_flat()) return whole(folder, request, true);
    const std::optional<Level> parts = split_level(graph, top);
    if (!parts) return whole(folder, request, false);
    const std::string taken = split_folder(parts->names(), request.split);
    if (taken.empty()) {
        const std::string other = parts->names()[0];
        throw MissingSplit(
            fmt::format("[image_folder] {}: has no folder '{}', only '{}' (data.split)", parts->path.string(),
                        request.split, fmt::join(parts->names(), "', '")),
            fmt::format("data.split={} takes '{}', data.path={} the folder alone", split_of(other), other,
                        (parts->path / other).string()));
    }
    if (order && request.split == "train" && top.loose.empty() && are_among(top.names(), *order) &&
        !are_among(level_at(graph, parts->path / taken).names(), *order))
        return {folder, false};
    remark_beside(tree, *parts, taken, request.split);
    remark_loose(tree, *parts);
    return {parts->path / taken, false};
}

/// Names by label, fit for a line; no two alike.
std::vector<std::string> names_of(const std::vector<std::string>& folders) {
    std::vector<std::string> out;
    for (const std::string& folder : folders) {
        std::string name = one_line(folder);
        for (int n = 2; std::ranges::find(out, name) != out.end(); ++n)
            name = fmt::format("{} ({})", one_line(folder), n);
        out.push_back(name);
    }
    return out;
}

void take_classes(PictureTree& tree, const Level& level) {
    std::vector<std::string> ordered = level.names();
    std::ranges::sort(ordered, natural_less);
    tree.class_names = names_of(ordered);
    for (const Branch& branch : level.branches) {
        const auto label = std::ranges::lower_bound(ordered, branch.name, natural_less) - ordered.begin();
        for (const fs::path& path : branch.pictures)
            tree.files.push_back({path, static_cast<std::int32_t>(label)});
    }
    remark_loose(tree, level);
}

/// What may be a misunderstanding: folders inside of classes.
void remark_inner_folders(PictureTree& tree, FolderGraph& graph, const Level& level) {
    bool all_parted = true;
    for (const Branch& branch : level.branches) {
        const std::vector<std::string> inner = level_at(graph, level.path / branch.name).names();
        all_parted =
            all_parted && !split_folder(inner, "train").empty() && std::ranges::any_of(inner, is_held_out);
        if (level.branches.size() == 1 && inner.size() > 1)
            tree.remarks.push_back(
                fmt::format("{}: the one class is '{}'; data.path={} makes the folders in it "
                            "classes: {}",
                            level.path.string(), one_line(branch.name), (level.path / branch.name).string(),
                            some_of(inner, 5)));
    }
    if (all_parted)
        tree.remarks.push_back(fmt::format(
            "{}: every class has folders like train and test in it; the pictures of all of them are "
            "taken",
            level.path.string()));
}

void remark_empty(PictureTree& tree, const Level& level) {
    std::vector<std::string> names;
    for (const std::string& name : level.empty) names.push_back(one_line(name));
    if (names.size() == 1)
        tree.remarks.push_back(
            fmt::format("{}: has no pictures and is no class", (level.path / level.empty[0]).string()));
    else if (!names.empty())
        tree.remarks.push_back(fmt::format("{}: {} folders have no pictures and are no classes: {}",
                                           level.path.string(), names.size(), some_of(names, 5)));
}

void remark_left_out(PictureTree& tree, const FolderGraph& graph, const fs::path& root) {
    const auto add = [&](const LeftOut& left, const std::string& one, const std::string& many) {
        if (left.count == 0) return;
        tree.remarks.push_back(fmt::format("{}: {} {} (the first: {})", root.string(), left.count,
                                           left.count == 1 ? one : many, one_line(left.first.string())));
    };
    for (const auto& [kind, left] : graph.foreign()) {
        const std::string rest =
            fmt::format("{}, which is not read; convert to PNG or JPEG what is to be used", kind);
        add(left, "file is left out, it is " + rest, "files are left out, each is " + rest);
    }
    add(graph.others(), "file is neither PNG nor JPEG nor WebP and is left out",
        "files are neither PNG nor JPEG nor WebP and are left out");
    add(graph.dangling(), "link leads nowhere and is left out", "links lead nowhere and are left out");
    add(graph.circles(), "link leads back to a folder that is there already and is not followed",
        "links lead back to folders that are there already and are not followed");
    add(graph.unreadable(), "folder cannot be listed and is left out",
        "folders cannot be listed and are left out");
}

[[noreturn]] void refuse_nothing(const FolderGraph& graph, const fs::path& root) {
    std::string instead, hint;
    for (const auto& [kind, left] : graph.foreign()) {
        const std::string files =
            left.count == 1 ? "one file that is" : fmt::format("{} files, each", left.count);
        instead += fmt::format("{} {} {}", instead.empty() ? ", but" : ",", files, kind);
        hint = "convert them first, with ImageMagick for example: mogrify -format png FILES";
    }
    throw Error(
        fmt::format("[image_folder] {}: there are no PNG, JPEG or WebP pictures{}", root.string(), instead),
        hint);
}

}  // namespace

PictureTree list_pictures(const fs::path& folder, const TreeRequest& request) {
    PictureTree tree;
    FolderGraph graph(folder, request.skip_unreadable);
    const Root root = root_of(tree, graph, folder, request);
    graph.start_at(root.path);
    const Level level = level_at(graph, root.path);
    graph.count(root.path, graph.at(root.path));
    if (root.flat || level.is_flat() || level.branches.empty()) {
        for (const fs::path& path : graph.pictures_below(root.path)) tree.files.push_back({path, 0});
        if (!level.branches.empty())
            tree.remarks.push_back(
                fmt::format("{}: pictures lie directly in it, so its folders are no classes (the first: {})",
                            root.path.string(), one_line(level.loose[0])));
    } else {
        take_classes(tree, level);
        remark_inner_folders(tree, graph, level);
        remark_empty(tree, level);
    }
    if (tree.files.empty()) refuse_nothing(graph, root.path);
    remark_left_out(tree, graph, root.path);
    return tree;
}

}  // namespace mf

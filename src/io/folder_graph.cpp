// SPDX-License-Identifier: MIT
#include "io/folder_graph.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <optional>
#include <system_error>

#include <sys/stat.h>

#include "core/error.hpp"
#include "io/picture_file.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

/// Nothing when there is nothing, or it may not be looked at.
std::optional<FolderId> id_of(const fs::path& path) {
    struct stat status = {};
    if (stat(path.c_str(), &status) != 0) return std::nullopt;
    return FolderId{static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

void sort_into(Folder& out, const fs::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    std::error_code unknown;
    const bool link = entry.is_symlink(unknown);
    if (entry.is_directory(unknown))
        (link ? out.links : out.folders).push_back(name);
    else if (entry.is_regular_file(unknown) && looks_like_picture(entry.path()))
        out.pictures.push_back(name);
    else
        (link && !entry.exists(unknown) ? out.dangling : out.others).push_back(name);
}

Folder list(const fs::path& path, FolderId id) {
    Folder out{id, {}, {}, {}, {}, {}};
    std::error_code code;
    for (fs::directory_iterator it(path, code), end; !code && it != end; it.increment(code))
        if (!is_litter(it->path().filename().string())) sort_into(out, *it);
    check(!code, "[image_folder] {}: cannot be listed: {}", path.string(), code.message());
    for (auto* names : {&out.pictures, &out.folders, &out.links, &out.dangling, &out.others})
        std::ranges::sort(*names);
    return out;
}

}  // namespace

bool is_litter(std::string_view name) {
    constexpr std::array<std::string_view, 21> known = {"__macosx",
                                                        "thumbs.db",
                                                        "ehthumbs.db",
                                                        "desktop.ini",
                                                        "@eadir",
                                                        "@recycle",
                                                        "#recycle",
                                                        "#snapshot",
                                                        "lost+found",
                                                        "lost.dir",
                                                        "$recycle.bin",
                                                        "recycler",
                                                        "recycled",
                                                        "__pycache__",
                                                        "network trash folder",
                                                        "system volume information",
                                                        "temporary items",
                                                        "icon\r",
                                                        "zbthumbnail.info",
                                                        "picasa.ini",
                                                        "_gsdata_"};
    std::string low(name);
    for (char& c : low)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return low.starts_with('.') || std::ranges::find(known, low) != known.end();
}

/// One walk: the folders it has been in, and the links that it follows at the end.
struct FolderGraph::Walk {
    std::set<FolderId> entered;
    std::deque<fs::path> links;
    std::vector<fs::path> pictures;
};

FolderGraph::FolderGraph(const fs::path& root, bool skip_unreadable)
    : root_(root), skip_unreadable_(skip_unreadable) {
    hold(root);
}

void FolderGraph::hold(const fs::path& root) {
    std::error_code unknown;
    fs::path path = fs::canonical(root, unknown);
    if (unknown) path = root;
    for (;; path = path.parent_path()) {
        if (const auto id = id_of(path)) above_.insert(*id);
        if (path.empty() || path == path.parent_path()) break;
    }
}

void FolderGraph::start_at(const fs::path& root) {
    root_ = root;
    hold(root);
    counted_.clear();
    seen_circles_.clear();
    seen_unreadable_.clear();
    others_ = dangling_ = circles_ = unreadable_ = {};
    foreign_.clear();
}

const Folder& FolderGraph::at(const fs::path& path) {
    const std::optional<FolderId> id = id_of(path);
    check(id.has_value(), "[image_folder] {}: cannot be listed: {}", path.string(),
          std::generic_category().message(errno));
    const auto found = listed_.find(*id);
    return found != listed_.end() ? found->second : listed_.emplace(*id, list(path, *id)).first->second;
}

void FolderGraph::count(const fs::path& path, const Folder& folder) {
    if (!counted_.insert(folder.id).second) return;
    for (const std::string& name : folder.others) {
        const std::string_view kind = foreign_picture(path / name);
        (kind.empty() ? others_ : foreign_[std::string(kind)]).add(path / name);
    }
    for (const std::string& name : folder.dangling) dangling_.add(path / name);
}

void FolderGraph::enter(Walk& walk, const fs::path& path, bool by_link) {
    const Folder* folder = nullptr;
    try {
        folder = &at(path);
    } catch (const Error& error) {
        if (!skip_unreadable_) throw Error(error.what(), "data.bad=skip leaves it out");
        if (seen_unreadable_.insert(path).second) unreadable_.add(path);
        return;
    }
    if ((by_link && above_.contains(folder->id)) || !walk.entered.insert(folder->id).second) {
        if (by_link && seen_circles_.insert(path).second) circles_.add(path);
        return;
    }
    count(path, *folder);
    for (const std::string& name : folder->pictures) walk.pictures.push_back(path / name);
    for (const std::string& name : folder->folders) enter(walk, path / name, false);
    for (const std::string& name : folder->links) walk.links.push_back(path / name);
}

std::vector<fs::path> FolderGraph::pictures_below(const fs::path& path) {
    Walk walk;
    std::error_code unknown;
    enter(walk, path, path != root_ && fs::is_symlink(path, unknown));
    while (!walk.links.empty()) {
        const fs::path link = std::move(walk.links.front());
        walk.links.pop_front();
        enter(walk, link, true);
    }
    return std::move(walk.pictures);
}

}  // namespace mf

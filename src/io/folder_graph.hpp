// SPDX-License-Identifier: MIT
// Folders of pictures as they lie on a disk, links followed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mf {

/// True for what archives, desktops and file systems leave behind (__MACOSX, Thumbs.db, lost+found, ...) and for
/// everything hidden: a file or folder of this name is nothing, without a word.
bool is_litter(std::string_view name);

/// Device and inode: the same however a folder is reached.
using FolderId = std::pair<std::uint64_t, std::uint64_t>;

/// Things of one kind that are left out: how many, and one of them.
struct LeftOut {
    std::int64_t count = 0;
    std::filesystem::path first;

    void add(const std::filesystem::path& path) {
        if (count++ == 0) first = path;
    }
};

/// What lies directly in a folder, by name, each list sorted byte by byte.
struct Folder {
    FolderId id;
    std::vector<std::string> pictures, folders;
    std::vector<std::string> links;     ///< links to folders
    std::vector<std::string> dangling;  ///< links that lead nowhere
    std::vector<std::string> others;    ///< neither
};

/// Folders that were listed, each once. What is left out on the way is counted.
class FolderGraph {
  public:
    /// `skip_unreadable`: a folder below the first that cannot be listed is left out and counted instead of refused.
    explicit FolderGraph(const std::filesystem::path& root, bool skip_unreadable);

    /// From here on this folder, on or below the one it was made with, is the root, and counting starts anew.
    void start_at(const std::filesystem::path& root);

    /// Error when it cannot be listed.
    const Folder& at(const std::filesystem::path& path);

    /// The pictures in `path` and in all folders below, each folder's own before those of its sub-folders, and what links
    /// lead to after everything else. A folder that was met already, however it was reached, is not entered again; nor
    /// is one that holds the root.
    std::vector<std::filesystem::path> pictures_below(const std::filesystem::path& path);

    /// What the walks so far left out: files that are no pictures, links that lead nowhere, links round in circles,
    /// folders that cannot be listed.
    const LeftOut& others() const { return others_; }
    /// Pictures of kinds that are not read, by kind ("a GIF picture"); none of `others`.
    const std::map<std::string, LeftOut>& foreign() const { return foreign_; }
    const LeftOut& dangling() const { return dangling_; }
    const LeftOut& circles() const { return circles_; }
    const LeftOut& unreadable() const { return unreadable_; }
    /// Counts what lies directly in `path` among what is left out; once.
    void count(const std::filesystem::path& path, const Folder& folder);

  private:
    struct Walk;
    void hold(const std::filesystem::path& root);
    void enter(Walk& walk, const std::filesystem::path& path, bool by_link);

    std::filesystem::path root_;
    bool skip_unreadable_;
    std::map<FolderId, Folder> listed_;
    std::set<FolderId> above_;  // the root and the folders that hold it: links to them lead round in circles
    std::set<FolderId> counted_;  // in others_ and dangling_ already
    std::set<std::filesystem::path> seen_circles_, seen_unreadable_;
    LeftOut others_, dangling_, circles_, unreadable_;
    std::map<std::string, LeftOut> foreign_;
};

}  // namespace mf

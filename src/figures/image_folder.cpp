// SPDX-License-Identifier: MIT
#include "figures/image_folder.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "data/images.hpp"
#include "generate/conditions.hpp"
#include "generate/pieces.hpp"
#include "generate/set_text.hpp"
#include "io/checksum.hpp"
#include "io/file_name.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSetKey = "meanflow.set";

/// True for names that write_image_folder gives: six digits or more, perhaps a class, .png.
bool is_own_name(const std::string& name) {
    const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
    return digits >= 6 && name.ends_with(".png") &&
           (name[digits] == '.' ? digits + 4 == name.size() : name[digits] == '_');
}

/// The set that a picture of ours belongs to; nothing when this program did not write it.
std::optional<std::string> set_of(const fs::path& path) {
    try {
        const PictureText text = read_png_text(path);
        const auto by = text.find("Software");
        if (by == text.end() || !by->second.starts_with("meanflow ")) return std::nullopt;
        const auto set = text.find(kSetKey);
        return set == text.end() ? "" : set->second;
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// What lies in a folder before anything is written to it.
struct FolderContent {
    std::map<std::string, std::string> own;  ///< name and set of the pictures of this program
    std::vector<std::string> others;         ///< names of everything else
};

FolderContent content_of(const fs::path& folder) {
    FolderContent out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with('.')) continue;  // of the desktop, or what a killed process left
        std::optional<std::string> set;
        if (is_own_name(name) && entry.is_regular_file() && !entry.is_symlink()) set = set_of(entry.path());
        if (set)
            out.own[name] = *set;
        else
            out.others.push_back(name);
    }
    check(!error, "{}: cannot be read ({})", folder.string(), error.message());
    std::ranges::sort(out.others);
    return out;
}

void make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    check(!error, "{}: cannot be made a folder ({})", folder.string(), error.message());
}

void check_may_write(const fs::path& folder, const FolderContent& there,
                     const std::vector<std::string>& names, bool force) {
    const std::size_t count = there.own.size() + there.others.size();
    if (count > 0 && !force)
        throw UsageError(
            fmt::format("{}: this folder is not empty ({} {}, {}{})", folder.string(), count,
                        count == 1 ? "entry" : "entries",
                        there.others.empty() ? there.own.begin()->first : there.others[0],
                        count == 1 ? "" : ", ..."),
            there.own.empty()
                ? "choose another folder with --out, or --force to write beside what is there"
                : "choose another folder with --out; --force continues a set that was cut off, or replaces "
                  "pictures that sample wrote");
    for (const std::string& name : names)
        if (std::ranges::binary_search(there.others, name))
            throw UsageError(fmt::format("{}: was not written by this program and is not replaced",
                                         (folder / name).string()),
                             "choose another folder with --out");
}

/// The pictures of one request in a folder: which are there already, and the writing of the others.
class PictureSet {
  public:
    PictureSet(const fs::path& folder, const LoadedModel& loaded, const SampleRequest& request,
               const FolderRequest& how)
        : folder_(folder),
          loaded_(loaded),
          how_(how),
          first_(request.first),
          set_(set_text(loaded, request)),
          labels_(labels_of(loaded, request.guidance.labels, request.seed, request.count, request.first)) {
        for (std::int64_t i = first_; i < first_ + request.count; ++i)
            names_.push_back(labels_.empty() ? fmt::format("{:06}.png", i)
                                             : fmt::format("{:06}_{}.png", i, name_for_file(label_at(i))));
        make_folder(folder);
        there_ = content_of(folder);
        check_may_write(folder, there_, names_, how.force);
    }

    /// True when one of these pictures is missing.
    bool lacks(std::int64_t first, std::int64_t count) const {
        for (std::int64_t i = first; i < first + count; ++i)
            if (!is_there(i)) return true;
        return false;
    }
    void write(std::int64_t first, const Samples& samples) const {
        const Shape shape = loaded_.shown_shape();
        const auto each = static_cast<std::size_t>(shape.count());
        for (std::size_t k = 0; k < samples.values.size() / each; ++k) {
            const std::int64_t i = first + static_cast<std::int64_t>(k);
            if (is_there(i)) continue;
            Picture picture{
                static_cast<int>(shape[1]), static_cast<int>(shape[0]), static_cast<int>(shape[2]), {}};
            for (const float value : std::span(samples.values).subspan(k * each, each))
                picture.pixels.push_back(byte_of_value(value));
            PictureText text = how_.text;
            text[kSetKey] = set_;
            if (!labels_.empty()) text["meanflow.label"] = label_at(i);
            write_png(folder_ / names_[index(i)], picture, text);
        }
    }
    /// Takes away the pictures of another set, which would be taken for some of this one, and tells what was found.
    void tidy() const {
        std::int64_t kept = 0, replaced = 0;
        std::vector<std::string> needed = names_;
        std::ranges::sort(needed);
        for (const auto& [name, set] : there_.own) {
            const bool stays = std::ranges::binary_search(needed, name);
            ++(stays && set == set_ ? kept : replaced);
            std::error_code ignored;
            if (!stays) fs::remove(folder_ / name, ignored);
        }
        if (kept > 0 || replaced > 0 || !there_.others.empty())
            tell(
                how_.remarks,
                fmt::format("{}: {} pictures of this set were there already, {} of another were replaced, {} "
                            "other entries were left alone",
                            folder_.string(), kept, replaced, there_.others.size()));
    }

  private:
    std::size_t index(std::int64_t i) const { return static_cast<std::size_t>(i - first_); }
    std::string label_at(std::int64_t i) const { return label_name(loaded_, labels_[index(i)]); }
    bool is_there(std::int64_t i) const {
        const auto found = there_.own.find(names_[index(i)]);
        return found != there_.own.end() && found->second == set_;
    }

    const fs::path& folder_;
    const LoadedModel& loaded_;
    const FolderRequest& how_;
    std::int64_t first_;
    std::string set_;
    std::vector<std::int32_t> labels_;
    std::vector<std::string> names_;
    FolderContent there_;
};

}  // namespace

double write_image_folder(const fs::path& folder, const LoadedModel& loaded, const SampleRequest& request,
                          const FolderRequest& how, Team& team) {
    const Shape shape = loaded.shown_shape();
    check_usage(shape.rank() == 3 && (shape[2] == 1 || shape[2] == 3),
                "samples of shape {} are no pictures; write them to .npz", shape);
    const PictureSet pictures(folder, loaded, request, how);
    const double seconds = draw_in_pieces(
        loaded, request, team,
        [&](std::int64_t first, const Samples& samples) { pictures.write(first, samples); },
        [&](std::int64_t first, std::int64_t count) { return pictures.lacks(first, count); });
    pictures.tidy();
    return seconds;
}

}  // namespace mf

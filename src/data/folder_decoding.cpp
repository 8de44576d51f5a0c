// SPDX-License-Identifier: MIT
#include "data/folder_decoding.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "core/error.hpp"

namespace mf {
namespace {

constexpr std::size_t kMostRemarks = 20;

}  // namespace

FolderDecoding::FolderDecoding(const PictureTree& tree, const ImageForm& form, const Colour& ground)
    : tree_(tree), form_(form), ground_(ground), slots_(tree.files.size()) {}

std::size_t FolderDecoding::image_bytes() const {
    return static_cast<std::size_t>(extent_.height) * static_cast<std::size_t>(extent_.width) *
           static_cast<std::size_t>(form_.channels);
}

void FolderDecoding::run(Team& team) {
    fix_extent();
    check_memory("image_folder", static_cast<std::int64_t>(slots_.size()), extent_, form_);
    pixels_.resize(slots_.size() * image_bytes());
    std::atomic<std::size_t> next{0};
    team.run([&](int) {
        for (std::size_t i = next++; i < slots_.size(); i = next++) decode(i);
    });
    for (std::size_t i = 0; i < slots_.size(); ++i) refuse_other_extent(i);
}

/// The picture, or nothing and its fault noted.
std::optional<ReadPicture> FolderDecoding::read(std::size_t i) {
    try {
        return read_for(tree_.files[i].path, form_, ground_);
    } catch (const Error& error) {
        slots_[i].fault = Fault{error.what(), error.hint()};
        return std::nullopt;
    }
}

/// The extent that every picture must have: that of the first one that can be read.
void FolderDecoding::fix_extent() {
    if (form_.size > 0) {
        extent_ = {form_.size, form_.size};
        return;
    }
    for (first_ = 0; first_ < slots_.size(); ++first_)
        if (const auto read_one = read(first_)) {
            extent_ = {read_one->picture.height, read_one->picture.width};
            return;
        }
    first_ = 0;
}

void FolderDecoding::decode(std::size_t i) {
    auto read_one = read(i);
    if (!read_one) return;
    const Picture& picture = read_one->picture;
    const PictureView view{picture.pixels.data(), picture.width, picture.height, picture.channels};
    if (extent_in(form_, {view.height, view.width}) != extent_)
        slots_[i].other_extent = Extent{view.height, view.width};
    else
        write_formed(pixels_.data() + i * image_bytes(), view, form_);
    slots_[i].notes = std::move(read_one->notes);
}

void FolderDecoding::refuse_other_extent(std::size_t i) const {
    if (!slots_[i].other_extent) return;
    const Extent other = *slots_[i].other_extent;
    throw Error(fmt::format("[image_folder] {}: {} x {} pixels, expected {} x {} as in {}",
                            tree_.files[i].path.string(), other.width, other.height, extent_.width,
                            extent_.height, tree_.files[first_].path.string()),
                "data.size=32 (or another side) crops and resizes them all");
}

ImageStore FolderDecoding::store(const std::vector<std::string>& class_names) {
    ImageStore out{0, extent_.height, extent_.width, form_.channels, {}, {}, class_names, {}};
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].fault) continue;
        const auto from = pixels_.begin() + static_cast<std::ptrdiff_t>(i * image_bytes());
        const auto to = pixels_.begin() + static_cast<std::ptrdiff_t>(out.count * out.image_bytes());
        if (from != to) std::copy_n(from, image_bytes(), to);
        if (!class_names.empty()) out.labels.push_back(tree_.files[i].label);
        ++out.count;
    }
    pixels_.resize(static_cast<std::size_t>(out.count) * image_bytes());
    out.pixels = std::move(pixels_);
    return out;
}

void FolderDecoding::report(bool skip, const std::string& ground, std::vector<std::string>& remarks) const {
    std::vector<Fault> faults;
    for (const Slot& slot : slots_)
        if (slot.fault) faults.push_back(*slot.fault);
    const std::size_t count = slots_.size();
    if (!faults.empty() && (!skip || faults.size() == count)) {
        const std::string& hint = faults[0].hint;
        throw Error(
            fmt::format("[image_folder] {} of {} pictures cannot be read{}: {}", faults.size(), count,
                        faults.size() > 1 ? "; the first" : "", faults[0].what),
            hint +
                (skip ? "" : (hint.empty() ? "" : "; or ") + std::string("data.bad=skip leaves them out")));
    }
    if (!faults.empty())
        remarks.push_back(
            fmt::format("{} of {} pictures cannot be read and are left out:", faults.size(), count));
    for (std::size_t i = 0; i < std::min(faults.size(), kMostRemarks); ++i)
        remarks.push_back("  " + faults[i].what);
    if (faults.size() > kMostRemarks)
        remarks.push_back(fmt::format("  and {} more", faults.size() - kMostRemarks));
    report_notes(ground, remarks);
}

void FolderDecoding::report_notes(const std::string& ground, std::vector<std::string>& remarks) const {
    std::size_t transparent = 0, warned = 0;
    std::string first_transparent, first_warned;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        const PictureNotes& notes = slots_[i].notes;
        const std::string name = tree_.files[i].path.string();
        if (notes.transparent && transparent++ == 0) first_transparent = name;
        if (!notes.warning.empty() && warned++ == 0) first_warned = name + ": " + notes.warning;
    }
    if (transparent > 0)
        remarks.push_back(
            fmt::format("{} of {} pictures are transparent somewhere, where data.background={} shows (the "
                        "first: {})",
                        transparent, slots_.size(), ground, first_transparent));
    if (warned > 0)
        remarks.push_back(
            fmt::format("{} of {} pictures have a fault but are whole, and are used (the first: {})", warned,
                        slots_.size(), first_warned));
}

}  // namespace mf

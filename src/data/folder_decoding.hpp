// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/team.hpp"
#include "data/image_store.hpp"
#include "data/picture_reader.hpp"
#include "data/picture_tree.hpp"

namespace mf {

/// The pictures of a folder, decoded by several threads: one slot a picture, filled in any order.
class FolderDecoding {
  public:
    /// `ground`: what transparent pictures are laid on. `tree` and `form` must outlive this.
    FolderDecoding(const PictureTree& tree, const ImageForm& form, const Colour& ground);

    /// Decodes everything. Faults of single pictures are kept; pictures of another extent than the first are an Error.
    void run(Team& team);
    /// Adds what was noticed of readable pictures, and with `skip` of unreadable ones, to `remarks`. Error when there
    /// are unreadable pictures and they may not be skipped, or when nothing else is left.
    void report(bool skip, const std::string& ground, std::vector<std::string>& remarks) const;
    /// The pictures that could be decoded, moved together.
    ImageStore store(const std::vector<std::string>& class_names);

  private:
    struct Fault {
        std::string what, hint;
    };
    /// What became of a picture.
    struct Slot {
        std::optional<Fault> fault;
        std::optional<Extent> other_extent;
        PictureNotes notes;
    };

    std::size_t image_bytes() const;
    std::optional<ReadPicture> read(std::size_t i);
    void fix_extent();
    void decode(std::size_t i);
    void refuse_other_extent(std::size_t i) const;
    void report_notes(const std::string& ground, std::vector<std::string>& remarks) const;

    const PictureTree& tree_;
    const ImageForm& form_;
    Colour ground_;
    Extent extent_{1, 1};
    std::size_t first_ = 0;
    std::vector<std::uint8_t> pixels_;
    std::vector<Slot> slots_;
};

}  // namespace mf

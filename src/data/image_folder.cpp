// SPDX-License-Identifier: MIT
// A folder of PNG and JPEG pictures, decoded into memory by all threads at the start.
#include <algorithm>
#include <atomic>
#include <numeric>
#include <optional>

#include "core/team.hpp"
#include "data/class_choice.hpp"
#include "data/class_words.hpp"
#include "data/image_sets.hpp"
#include "data/picture_tree.hpp"
#include "data/stored_images.hpp"
#include "io/picture_file.hpp"

namespace mf {
namespace {

constexpr std::size_t kMostRemarks = 20;

/// One slot a picture; threads fill them in any order.
class Decoding {
  public:
    Decoding(const PictureTree& tree, const ImageForm& form)
        : tree_(tree), form_(form), faults_(tree.files.size()) {}

    /// Decodes everything. Faults of single pictures are kept; pictures of another extent than the first are an Error.
    void run(Team& team) {
        fix_extent();
        check_memory("image_folder", count(), extent_, form_);
        pixels_.resize(tree_.files.size() * image_bytes());
        other_extents_.resize(tree_.files.size());
        std::atomic<std::size_t> next{0};
        team.run([&](int) {
            for (std::size_t i = next++; i < tree_.files.size(); i = next++) decode(i);
        });
        for (std::size_t i = 0; i < other_extents_.size(); ++i) refuse_other_extent(i);
    }

    /// The pictures that could be decoded, moved together.
    ImageStore store(const std::vector<std::string>& class_names) {
        ImageStore out{0, extent_.height, extent_.width, form_.channels, {}, {}, class_names, {}};
        for (std::size_t i = 0; i < faults_.size(); ++i) {
            if (!faults_[i].empty()) continue;
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

    std::vector<std::string> faults() const {
        std::vector<std::string> out;
        std::ranges::copy_if(faults_, std::back_inserter(out),
                             [](const std::string& f) { return !f.empty(); });
        return out;
    }

  private:
    std::int64_t count() const { return static_cast<std::int64_t>(tree_.files.size()); }
    std::size_t image_bytes() const {
        return static_cast<std::size_t>(extent_.height) * static_cast<std::size_t>(extent_.width) *
               static_cast<std::size_t>(form_.channels);
    }

    /// The picture, or nothing and its fault noted.
    std::optional<Picture> read(std::size_t i) {
        try {
            return read_picture(tree_.files[i].path);
        } catch (const Error& error) {
            faults_[i] = error.what();
            return std::nullopt;
        }
    }

    /// The extent that every picture must have: that of the first one that can be read.
    void fix_extent() {
        if (form_.size > 0) {
            extent_ = {form_.size, form_.size};
            return;
        }
        for (first_ = 0; first_ < tree_.files.size(); ++first_)
            if (const auto picture = read(first_)) {
                extent_ = {picture->height, picture->width};
                return;
            }
        first_ = 0;
    }

    void decode(std::size_t i) {
        const auto picture = read(i);
        if (!picture) return;
        const PictureView view{picture->pixels.data(), picture->width, picture->height, picture->channels};
        if (extent_in(form_, {view.height, view.width}) != extent_)
            other_extents_[i] = Extent{view.height, view.width};
        else
            write_formed(pixels_.data() + i * image_bytes(), view, form_);
    }

    void refuse_other_extent(std::size_t i) const {
        if (!other_extents_[i]) return;
        const Extent other = *other_extents_[i];
        throw Error(fmt::format("[image_folder] {}: {} x {} pixels, expected {} x {} as in {}",
                                tree_.files[i].path.string(), other.width, other.height, extent_.width,
                                extent_.height, tree_.files[first_].path.string()),
                    "data.size=32 (or another side) crops and resizes them all");
    }

    const PictureTree& tree_;
    const ImageForm& form_;
    Extent extent_{1, 1};
    std::size_t first_ = 0;
    std::vector<std::uint8_t> pixels_;
    std::vector<std::string> faults_;
    std::vector<std::optional<Extent>> other_extents_;
};

/// The classes of a fixed order and, behind them, the other ones: whether those have pictures is known only once the
/// pictures were read, where faulty ones are skipped.
std::vector<std::string> order_with_others(std::vector<std::string> order,
                                           const std::vector<std::string>& names) {
    if (order.empty()) return order;
    const std::vector<std::string> fixed = order;
    std::ranges::copy_if(names, std::back_inserter(order), [&](const std::string& name) {
        return std::ranges::find(fixed, name) == fixed.end();
    });
    return order;
}

ClassChoice choice_of(const PictureTree& tree, const std::vector<std::int64_t>& counts, const ImageForm& form,
                      bool skip) {
    if (!form.class_order) return choose_classes(tree.class_names, form.classes);
    const bool chosen = !form.classes.empty();
    const std::vector<std::string> order =
        skip && !chosen ? order_with_others(*form.class_order, tree.class_names) : *form.class_order;
    return ordered_classes(tree.class_names, counts, order, chosen, "image_folder");
}

/// OtherClasses when there are pictures of classes behind the fixed order.
void drop_others(ImageStore& store, const ImageForm& form) {
    if (!form.class_order || store.class_names.size() <= form.class_order->size()) return;
    ordered_classes(store.class_names, counts_by_label(store.labels, store.class_names.size()),
                    *form.class_order, false, "image_folder");
    store.class_names = *form.class_order;
}

/// Leaves the classes that `form` wants, with their new labels.
void keep_classes(PictureTree& tree, const ImageForm& form, bool skip) {
    std::vector<std::int64_t> counts(tree.class_names.size());
    for (const PictureTree::File& file : tree.files)
        if (!counts.empty()) ++counts[static_cast<std::size_t>(file.label)];
    const ClassChoice choice = choice_of(tree, counts, form, skip);
    for (PictureTree::File& file : tree.files)
        if (!counts.empty()) file.label = choice.label_of[static_cast<std::size_t>(file.label)];
    std::erase_if(tree.files, [](const PictureTree::File& file) { return file.label < 0; });
    check(!tree.files.empty(), "[image_folder] there are no pictures of the classes {}",
          some_of(choice.names));
    tree.class_names = choice.names;
    std::ranges::copy(choice.remarks, std::back_inserter(tree.remarks));
}

/// Refuses unreadable pictures, or makes remarks of them.
void judge(const std::vector<std::string>& faults, bool skip, std::size_t count, PictureTree& tree) {
    if (faults.empty()) return;
    if (!skip || faults.size() == count)
        throw Error(fmt::format("[image_folder] {} of {} pictures cannot be read{}: {}", faults.size(), count,
                                faults.size() > 1 ? "; the first" : "", faults[0]),
                    skip ? "" : "data.bad=skip leaves them out");
    tree.remarks.push_back(
        fmt::format("{} of {} pictures cannot be read and are left out:", faults.size(), count));
    for (std::size_t i = 0; i < std::min(faults.size(), kMostRemarks); ++i)
        tree.remarks.push_back("  " + faults[i]);
    if (faults.size() > kMostRemarks)
        tree.remarks.push_back(fmt::format("  and {} more", faults.size() - kMostRemarks));
}

std::unique_ptr<Dataset> make(const Settings& settings, const DataPlan& plan) {
    const ImageForm form = image_form(settings, plan);
    const bool skip = settings.text("data.bad") == "skip";
    PictureTree tree = list_pictures(data_path(settings, "image_folder", "the folder of the pictures"),
                                     {settings.text("data.split"), plan.class_order, skip});
    keep_classes(tree, form, skip);
    Team team(plan.threads);
    Decoding decoding(tree, form);
    decoding.run(team);
    judge(decoding.faults(), skip, tree.files.size(), tree);
    ImageStore store = decoding.store(tree.class_names);
    store.remarks = tree.remarks;
    drop_others(store, form);
    settle_classes(store, form);
    return std::make_unique<StoredImages>(std::move(store), form.flip);
}

}  // namespace

DatasetEntry image_folder() {
    OptionTable options = {
        {"data.path", OptionKind::text, "", "folder of pictures, or of a folder of pictures for each class"},
        {.key = "data.split",
         .kind = OptionKind::text,
         .initial = "train",
         .help = "which part, when the folder is made of folders train, test or val (valid, validation)",
         .choices = {"train", "test", "val"}},
        {.key = "data.bad",
         .kind = OptionKind::text,
         .initial = "refuse",
         .help = "what to do when pictures cannot be read",
         .choices = {"refuse", "skip"}},
    };
    for (Option& option : image_options(3, true)) options.push_back(std::move(option));
    return {"image_folder", "a folder of PNG and JPEG pictures; sub-folders are classes", options, make};
}

}  // namespace mf

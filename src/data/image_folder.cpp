// SPDX-License-Identifier: MIT
// A folder of PNG, JPEG and WebP pictures, decoded into memory by all threads at the start.
#include <algorithm>

#include "core/team.hpp"
#include "data/class_choice.hpp"
#include "data/class_words.hpp"
#include "data/folder_decoding.hpp"
#include "data/image_sets.hpp"
#include "data/picture_tree.hpp"
#include "data/stored_images.hpp"

namespace mf {
namespace {

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

/// Of the names and sizes of the files of each of these classes; of all files where there are none.
std::vector<std::uint64_t> file_digests(const PictureTree& tree, const std::vector<std::string>& names) {
    std::vector<std::uint64_t> by_label(std::max<std::size_t>(1, tree.class_names.size()));
    for (const PictureTree::File& file : tree.files) {
        std::error_code unknown;
        std::uint64_t& sum = by_label[static_cast<std::size_t>(file.label)];
        sum = digest_of(file.path.filename().string() + " " +
                            std::to_string(std::filesystem::file_size(file.path, unknown)),
                        sum);
    }
    std::vector<std::uint64_t> out;
    for (const std::string& name : names)
        out.push_back(by_label[static_cast<std::size_t>(std::ranges::find(tree.class_names, name) -
                                                        tree.class_names.begin())]);
    return names.empty() ? by_label : out;
}

std::unique_ptr<Dataset> make_image_folder(const Settings& settings, const DataPlan& plan) {
    const ImageForm form = image_form(settings, plan);
    const bool skip = settings.text("data.bad") == "skip";
    const std::string& background = settings.text("data.background");
    const Colour ground = colour_of("data.background", background);
    PictureTree tree = list_pictures(data_path(settings, "image_folder", "the folder of the pictures"),
                                     {settings.text("data.split"), plan.class_order, skip});
    keep_classes(tree, form, skip);
    Team team(plan.threads);
    FolderDecoding decoding(tree, form, ground);
    decoding.run(team);
    decoding.report(skip, background, tree.remarks);
    ImageStore store = decoding.store(tree.class_names);
    store.remarks = tree.remarks;
    drop_others(store, form);
    settle_classes(store, form);
    store.file_digests = file_digests(tree, store.class_names);
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
        {"data.background", OptionKind::text, "white",
         "what shows where pictures are transparent: white, black, a gray 0 to 255, #rrggbb or r,g,b"},
    };
    for (Option& option : image_options(3, true)) options.push_back(std::move(option));
    return {"image_folder", "a folder of PNG, JPEG and WebP pictures; sub-folders are classes", options,
            make_image_folder};
}

}  // namespace mf

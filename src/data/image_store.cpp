// SPDX-License-Identifier: MIT
#include "data/image_store.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/error.hpp"
#include "data/class_choice.hpp"
#include "data/class_words.hpp"

namespace mf {
namespace {

/// Error unless every label has a class.
void check_labels(const ImageStore& store, const std::string& place) {
    for (std::size_t i = 0; i < store.labels.size(); ++i)
        check(store.labels[i] >= 0 && static_cast<std::size_t>(store.labels[i]) < store.class_names.size(),
              "[{}] picture {} has label {}, expected 0 to {} ({} classes)", place, i, store.labels[i],
              static_cast<std::int64_t>(store.class_names.size()) - 1, store.class_names.size());
}

ClassChoice choice_of(const ImageStore& store, const ImageForm& form, const std::string& place) {
    if (!form.class_order) return choose_classes(store.class_names, form.classes);
    return ordered_classes(store.class_names, counts_by_label(store.labels, store.class_names.size()),
                           *form.class_order, !form.classes.empty(), place);
}

}  // namespace

ImageStore formed(ImageStore store, const ImageForm& form, const std::string& place) {
    check_labels(store, place);
    const ClassChoice choice = choice_of(store, form, place);
    std::vector<std::int32_t> labels(static_cast<std::size_t>(store.count));
    for (std::size_t i = 0; i < store.labels.size(); ++i)
        labels[i] = choice.label_of[static_cast<std::size_t>(store.labels[i])];
    const auto kept = static_cast<std::int64_t>(std::ranges::count_if(labels, [](int l) { return l >= 0; }));
    check(kept > 0, "[{}] there are no pictures{}", place, form.classes.empty() ? "" : " of these classes");
    const Extent extent = extent_in(form, {store.height, store.width});
    check_memory(place, kept, extent, form);
    ImageStore out{kept, extent.height, extent.width, form.channels, {}, {}, choice.names, {}};
    out.remarks = std::move(store.remarks);
    std::ranges::copy(choice.remarks, std::back_inserter(out.remarks));
    out.pixels.resize(static_cast<std::size_t>(kept * out.image_bytes()));
    std::uint8_t* to = out.pixels.data();
    for (std::int64_t i = 0; i < store.count; ++i) {
        const std::int32_t label = labels[static_cast<std::size_t>(i)];
        if (label < 0) continue;
        const std::uint8_t* from = store.pixels.data() + i * store.image_bytes();
        write_formed(to, {from, store.width, store.height, store.channels}, form);
        to += out.image_bytes();
        if (!store.labels.empty()) out.labels.push_back(label);
    }
    settle_classes(out, form);
    return out;
}

void settle_classes(ImageStore& store, const ImageForm& form) {
    if (store.class_names.empty()) store.labels.clear();
    const std::vector<std::int64_t> counts = counts_by_label(store.labels, store.class_names.size());
    std::vector<std::string> names, empty;
    std::vector<std::int32_t> new_label(counts.size());
    for (std::size_t k = 0; k < counts.size(); ++k) {
        new_label[k] = static_cast<std::int32_t>(names.size());
        (counts[k] > 0 ? names : empty).push_back(store.class_names[k]);
    }
    if (empty.empty()) return;
    const bool one = empty.size() == 1;
    std::string what = fmt::format("no pictures of {} {}", one ? "class" : "the classes", some_of(empty));
    what += form.class_order ? (one ? "; it keeps its number" : "; they keep their numbers")
                             : (one ? ", which is dropped" : ", which are dropped");
    store.remarks.push_back(what);
    if (form.class_order) return;
    for (std::int32_t& label : store.labels) label = new_label[static_cast<std::size_t>(label)];
    store.class_names = std::move(names);
}

std::vector<std::int64_t> counts_by_label(const std::vector<std::int32_t>& labels, std::size_t classes) {
    std::vector<std::int64_t> out(classes);
    for (const std::int32_t label : labels) ++out.at(static_cast<std::size_t>(label));
    return out;
}

}  // namespace mf

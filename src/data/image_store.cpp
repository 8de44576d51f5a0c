// SPDX-License-Identifier: MIT
#include "data/image_store.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "data/class_choice.hpp"

namespace mf {
namespace {

/// The new label of each picture, or -1 when it is left out.
std::vector<std::int32_t> new_labels(const ImageStore& store, const ClassChoice& choice,
                                     const std::string& place) {
    std::vector<std::int32_t> out(static_cast<std::size_t>(store.count));
    for (std::size_t i = 0; i < store.labels.size(); ++i) {
        const std::int32_t label = store.labels[i];
        check(label >= 0 && static_cast<std::size_t>(label) < choice.label_of.size(),
              "[{}] picture {} has label {}, expected 0 to {} ({} classes)", place, i, label,
              static_cast<std::int64_t>(choice.label_of.size()) - 1, choice.label_of.size());
        out[i] = choice.label_of[static_cast<std::size_t>(label)];
    }
    return out;
}

}  // namespace

ImageStore formed(ImageStore store, const ImageForm& form, const std::string& place) {
    const ClassChoice choice = choose_classes(store.class_names, form.classes);
    const std::vector<std::int32_t> labels = new_labels(store, choice, place);
    const auto kept = static_cast<std::int64_t>(std::ranges::count_if(labels, [](int l) { return l >= 0; }));
    check(kept > 0, "[{}] there are no pictures{}", place, form.classes.empty() ? "" : " of these classes");
    const Extent extent = extent_in(form, {store.height, store.width});
    check_memory(place, kept, extent, form);
    ImageStore out{kept, extent.height, extent.width, form.channels, {}, {}, choice.names, {}};
    out.remarks = std::move(store.remarks);
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
    return out;
}

}  // namespace mf

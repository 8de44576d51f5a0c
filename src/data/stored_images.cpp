// SPDX-License-Identifier: MIT
#include "data/stored_images.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "data/shuffle.hpp"

namespace mf {

StoredImages::StoredImages(ImageStore store, bool flip) : store_(std::move(store)), flip_(flip) {
    check(store_.count > 0 && store_.image_bytes() > 0,
          "[images] nothing to draw from: {} pictures of {} x {} x {}", store_.count, store_.height,
          store_.width, store_.channels);
    check(static_cast<std::int64_t>(store_.pixels.size()) == store_.count * store_.image_bytes(),
          "[images] {} pictures of {} x {} x {} have {} bytes", store_.count, store_.height, store_.width,
          store_.channels, store_.pixels.size());
    const bool labelled = !store_.class_names.empty();
    check(store_.labels.size() == (labelled ? static_cast<std::size_t>(store_.count) : 0),
          "[images] {} pictures of {} classes have {} labels", store_.count, store_.class_names.size(),
          store_.labels.size());
    for (const std::int32_t label : store_.labels)
        check(label >= 0 && label < classes(), "[images] label {}, expected 0 to {}", label, classes() - 1);
    for (std::size_t byte = 0; byte < values_.size(); ++byte)
        values_[byte] = value_of_byte(static_cast<std::uint8_t>(byte));
}

void StoredImages::write(float* out, std::int32_t* label, std::int64_t i, bool mirrored) const {
    if (label != nullptr) *label = store_.labels.empty() ? 0 : store_.labels[static_cast<std::size_t>(i)];
    const std::uint8_t* from = store_.pixels.data() + i * store_.image_bytes();
    const std::int64_t channels = store_.channels, row = store_.width * channels;
    if (!mirrored) {
        for (std::int64_t k = 0; k < store_.image_bytes(); ++k) out[k] = values_[from[k]];
        return;
    }
    for (std::int64_t y = 0; y < store_.height; ++y, from += row)
        for (std::int64_t x = row - channels; x >= 0; x -= channels)
            for (std::int64_t c = 0; c < channels; ++c) *out++ = values_[from[x + c]];
}

void StoredImages::draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
                        std::int64_t count) const {
    const auto size = static_cast<std::uint64_t>(store_.count);
    std::uint64_t epoch = first / size;
    Shuffle shuffle(store_.count, random.seed(), random.stream(), epoch);
    for (std::int64_t k = 0; k < count; ++k) {
        const std::uint64_t index = first + static_cast<std::uint64_t>(k);
        if (index / size != epoch) {
            epoch = index / size;
            shuffle = Shuffle(store_.count, random.seed(), random.stream(), epoch);
        }
        const bool mirrored = flip_ && (philox(random.seed(), random.stream(), index)[0] >> 31) != 0;
        write(out + k * store_.image_bytes(), labels == nullptr ? nullptr : labels + k,
              shuffle(static_cast<std::int64_t>(index % size)), mirrored);
    }
}

DataPrint StoredImages::print() const {
    const std::size_t classes = std::max<std::size_t>(1, store_.class_names.size());
    DataPrint out{std::vector<std::int64_t>(classes), {}};
    std::vector<std::uint64_t> digests = store_.file_digests;
    digests.resize(classes);
    for (std::int64_t i = 0; i < store_.count; ++i) {
        const auto label =
            static_cast<std::size_t>(store_.labels.empty() ? 0 : store_.labels[static_cast<std::size_t>(i)]);
        ++out.counts[label];
        digests[label] = digest_of(
            {store_.pixels.data() + i * store_.image_bytes(), static_cast<std::size_t>(store_.image_bytes())},
            digests[label]);
    }
    for (const std::uint64_t digest : digests) out.digests.push_back(fmt::format("{:016x}", digest));
    return out;
}

void StoredImages::stored(float* out, std::int32_t* label, std::int64_t i) const {
    write(out, label, i, false);
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "data/arrays.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "data/image_sets.hpp"
#include "data/images.hpp"
#include "data/shuffle.hpp"
#include "data/stored_images.hpp"

namespace mf {
namespace {

/// The stored row of every sample first, first + 1, ...: each epoch has an order of its own.
template <class Take>
void visit(std::int64_t size, const Random& random, std::uint64_t first, std::int64_t count, Take take) {
    const auto all = static_cast<std::uint64_t>(size);
    std::uint64_t epoch = first / all;
    Shuffle shuffle(size, random.seed(), random.stream(), epoch);
    for (std::int64_t k = 0; k < count; ++k) {
        const std::uint64_t index = first + static_cast<std::uint64_t>(k);
        if (index / all != epoch) {
            epoch = index / all;
            shuffle = Shuffle(size, random.seed(), random.stream(), epoch);
        }
        take(k, index, shuffle(static_cast<std::int64_t>(index % all)));
    }
}

std::span<const std::uint8_t> bytes_of(const float* values, std::int64_t count) {
    return {reinterpret_cast<const std::uint8_t*>(values), static_cast<std::size_t>(count) * sizeof(float)};
}

std::string hex(std::uint64_t digest) { return fmt::format("{:016x}", digest); }

/// Pictures of floats.
class FloatImages final : public ImageDataset {
  public:
    FloatImages(const ArrayData& arrays, std::vector<std::string> names, bool flip)
        : shape_(arrays.sample),
          count_(arrays.count),
          values_(arrays.floats.begin(), arrays.floats.end()),
          labels_(arrays.labels.begin(), arrays.labels.end()),
          names_(std::move(names)),
          flip_(flip) {}

    Shape sample_shape() const override { return shape_; }
    std::int64_t size() const override { return count_; }
    const std::vector<std::string>& class_names() const override { return names_; }
    std::vector<std::string> remarks() const override {
        if (shape_[2] != 1 && shape_[2] != 3) return {};
        if (std::ranges::any_of(values_, [](float x) { return x < 0; })) return {};
        return {
            "the pictures have no number below 0: if they are on [0, 1], 2 * x - 1 brings them to [-1, 1]"};
    }
    void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
              std::int64_t count) const override {
        visit(count_, random, first, count, [&](std::int64_t k, std::uint64_t index, std::int64_t row) {
            const bool mirrored = flip_ && (philox(random.seed(), random.stream(), index)[0] >> 31) != 0;
            write(out + k * shape_.count(), row, mirrored);
            if (labels != nullptr) labels[k] = label(row);
        });
    }
    void stored(float* out, std::int32_t* to, std::int64_t i) const override {
        write(out, i, false);
        if (to != nullptr) *to = label(i);
    }
    DataPrint print() const override {
        const std::size_t classes = std::max<std::size_t>(1, names_.size());
        DataPrint out{std::vector<std::int64_t>(classes), {}};
        std::vector<std::uint64_t> digests(classes);
        for (std::int64_t i = 0; i < count_; ++i) {
            const auto at = static_cast<std::size_t>(label(i));
            ++out.counts[at];
            digests[at] =
                digest_of(bytes_of(values_.data() + i * shape_.count(), shape_.count()), digests[at]);
        }
        for (const std::uint64_t digest : digests) out.digests.push_back(hex(digest));
        return out;
    }

  private:
    std::int32_t label(std::int64_t i) const {
        return labels_.empty() ? 0 : labels_[static_cast<std::size_t>(i)];
    }
    void write(float* out, std::int64_t i, bool mirrored) const {
        const float* from = values_.data() + i * shape_.count();
        if (!mirrored) return static_cast<void>(std::copy_n(from, shape_.count(), out));
        const std::int64_t channels = shape_[2], row = shape_[1] * channels;
        for (std::int64_t y = 0; y < shape_[0]; ++y, from += row)
            for (std::int64_t x = row - channels; x >= 0; x -= channels)
                out = std::copy_n(from + x, channels, out);
    }

    Shape shape_;
    std::int64_t count_;
    std::vector<float> values_;
    std::vector<std::int32_t> labels_;
    std::vector<std::string> names_;
    bool flip_;
};

/// Points of floats.
class GivenPoints final : public PointDataset {
  public:
    explicit GivenPoints(const ArrayData& arrays)
        : count_(arrays.count), values_(arrays.floats.begin(), arrays.floats.end()) {
        view_ = {values_[0], values_[0], values_[1], values_[1]};
        for (std::size_t i = 0; i < values_.size(); i += 2) {
            view_.x0 = std::min<double>(view_.x0, values_[i]),
            view_.x1 = std::max<double>(view_.x1, values_[i]);
            view_.y0 = std::min<double>(view_.y0, values_[i + 1]);
            view_.y1 = std::max<double>(view_.y1, values_[i + 1]);
        }
        // A square with a margin, as the views of the sets that are drawn.
        const double half = 0.55 * std::max({view_.x1 - view_.x0, view_.y1 - view_.y0, 1e-3});
        const double x = (view_.x0 + view_.x1) / 2, y = (view_.y0 + view_.y1) / 2;
        view_ = {x - half, x + half, y - half, y + half};
    }

    std::int64_t size() const override { return count_; }
    Box view() const override { return view_; }
    void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
              std::int64_t count) const override {
        visit(count_, random, first, count, [&](std::int64_t k, std::uint64_t, std::int64_t row) {
            std::copy_n(values_.data() + 2 * row, 2, out + 2 * k);
        });
        if (labels != nullptr) std::fill_n(labels, count, 0);
    }
    DataPrint print() const { return {{count_}, {hex(digest_of(bytes_of(values_.data(), 2 * count_)))}}; }

  private:
    std::int64_t count_;
    std::vector<float> values_;
    Box view_{};
};

void check_numbers(const ArrayData& arrays, bool pictures) {
    const bool bounded = pictures && (arrays.sample[2] == 1 || arrays.sample[2] == 3);
    for (std::size_t i = 0; i < arrays.floats.size(); ++i) {
        const float x = arrays.floats[i];
        const auto row = static_cast<std::int64_t>(i) / arrays.sample.count();
        check_usage(std::isfinite(x), "[arrays] row {} holds {}, which is no finite number", row, x);
        if (bounded && std::abs(x) > 1.001F)
            throw UsageError(
                fmt::format("[arrays] picture {} holds {}; floats of pictures are on [-1, 1]", row, x),
                "give bytes as uint8, or x / 127.5 - 1 of numbers from 0 to 255");
    }
}

std::vector<std::string> names_of(const ArrayData& arrays) {
    if (arrays.labels.empty()) {
        check_usage(arrays.class_names.empty(), "[arrays] {} names of classes, and no labels",
                    arrays.class_names.size());
        return {};
    }
    check_usage(std::ssize(arrays.labels) == arrays.count, "[arrays] {} labels for {} pictures",
                arrays.labels.size(), arrays.count);
    std::vector<std::string> names = arrays.class_names;
    const std::int32_t largest = std::ranges::max(arrays.labels);
    constexpr std::int32_t most = 1'000'000;
    check_usage(std::ranges::min(arrays.labels) >= 0 && largest < most,
                "[arrays] labels go from {} to {}, expected 0 to {}", std::ranges::min(arrays.labels),
                largest, most - 1);
    for (std::int32_t k = 0; arrays.class_names.empty() && k <= largest; ++k)
        names.push_back(std::to_string(k));
    check_usage(largest < std::ssize(names), "[arrays] label {} for {} classes: {}", largest, names.size(),
                "labels begin with 0");
    return names;
}

}  // namespace

GivenData arrays_as_data(const ArrayData& arrays, bool flip) {
    const bool points = arrays.sample.rank() == 1 && arrays.sample[0] == 2;
    const bool pictures = arrays.sample.rank() == 3 && arrays.sample.count() > 0;
    if (!points && !pictures)
        throw UsageError(
            fmt::format("[arrays] rows of shape {} are neither pictures nor points", arrays.sample.text()),
            "pictures are (N, H, W, C), points in the plane (N, 2)");
    check_usage(arrays.count > 0, "[arrays] there are no rows");
    const std::int64_t numbers = arrays.bytes.empty() ? std::ssize(arrays.floats) : std::ssize(arrays.bytes);
    check_usage(numbers == arrays.count * arrays.sample.count(), "[arrays] {} numbers for {} rows of {}",
                numbers, arrays.count, arrays.sample.text());
    check_usage(!points || arrays.bytes.empty(), "[arrays] points are floats, not bytes");
    check_usage(!points || arrays.labels.empty(), "[arrays] points have no labels");
    check_usage(!points || !flip, "[arrays] data.flip mirrors pictures; these are points");
    check_numbers(arrays, pictures);
    if (points) {
        auto set = std::make_unique<GivenPoints>(arrays);
        DataPrint print = set->print();
        return {std::move(set), std::move(print)};
    }
    std::unique_ptr<ImageDataset> set;
    if (arrays.bytes.empty()) {
        set = std::make_unique<FloatImages>(arrays, names_of(arrays), flip);
    } else {
        ImageStore store;
        store.count = arrays.count;
        store.height = static_cast<int>(arrays.sample[0]);
        store.width = static_cast<int>(arrays.sample[1]);
        store.channels = static_cast<int>(arrays.sample[2]);
        store.pixels.assign(arrays.bytes.begin(), arrays.bytes.end());
        store.class_names = names_of(arrays);
        store.labels.assign(arrays.labels.begin(), arrays.labels.end());
        set = std::make_unique<StoredImages>(std::move(store), flip);
    }
    DataPrint print = set->print();
    return {std::move(set), std::move(print)};
}

DatasetEntry arrays() {
    return {
        kArrays,
        "pictures or points that a program has in memory; not from the command line",
        {{"data.flip", OptionKind::flag, "false", "mirror each picture left to right with probability 1/2"}},
        [](const Settings&) -> std::unique_ptr<Dataset> {
            throw UsageError(
                "data.name=arrays: these are pictures or points in the memory of a program, and are not here",
                "a program gives them (Python: meanflow.Trainer(config, data=...)); files are read by "
                "data.name=image_folder");
        }};
}

}  // namespace mf

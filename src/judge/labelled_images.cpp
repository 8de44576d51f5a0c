// SPDX-License-Identifier: MIT
#include "judge/labelled_images.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/word_list.hpp"
#include "data/class_choice.hpp"
#include "data/shuffle.hpp"
#include "data/splits.hpp"
#include "train/make_model.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

/// The test files that lie beside the training files of these settings, with the training files' labels; null when the
/// data are not parted. What is wrong with test files is an Error like what is wrong with others.
std::unique_ptr<Dataset> test_part(Settings settings, const ImageDataset& training, int threads,
                                   std::vector<std::string>& remarks) {
    const bool parted = settings.has("data.split") && settings.text("data.split") == "train";
    if (!parted || !fs::is_directory(settings.text("data.path"))) return nullptr;
    settings.set("data.split", "test");
    try {
        auto out = make_dataset(settings, {.class_order = training.class_names(), .threads = threads});
        for (const std::string& line : out->remarks()) remarks.push_back("test files: " + line);
        return out;
    } catch (const MissingSplit&) {
        return nullptr;
    } catch (const PicturesWithoutClasses& error) {
        remarks.push_back(
            fmt::format("test files: {}; a share of the others is held out instead", error.what()));
        return nullptr;
    } catch (const OtherClasses& error) {
        const std::string& path = settings.text("data.path");
        throw Error(
            fmt::format("test files: {}", error.what()),
            fmt::format("data.classes={} leaves the others out; data.path={}/train holds out a share of the "
                        "training files",
                        listed(training.class_names()), path));
    } catch (const UsageError&) {
        throw;
    } catch (const Error& error) {
        throw Error(fmt::format("test files: {}", error.what()), error.hint());
    }
}

const ImageDataset& images_of(const Dataset& data) {
    check_usage(data.images() != nullptr, "a classifier is for images; this data set has samples of shape {}",
                data.sample_shape());
    return *data.images();
}

/// Moves a picture by (down, right) pixels, mirrored first or not; the edge is continued outwards.
void write_moved(float* out, const float* in, const Shape& shape, std::int64_t down, std::int64_t right,
                 bool mirrored) {
    const std::int64_t height = shape[0], width = shape[1], channels = shape[2];
    for (std::int64_t i = 0; i < height; ++i)
        for (std::int64_t j = 0; j < width; ++j, out += channels) {
            const std::int64_t k = std::clamp<std::int64_t>(i - down, 0, height - 1),
                               l = std::clamp<std::int64_t>(j - right, 0, width - 1);
            std::copy_n(in + (k * width + (mirrored ? width - 1 - l : l)) * channels, channels, out);
        }
}

}  // namespace

LabelledImages::LabelledImages(const Settings& settings, const DataPlan& plan)
    : data_(make_dataset(settings, plan)), all_(&images_of(*data_)), remarks_(data_->remarks()) {
    flip_ = settings.has("data.flip") && settings.flag("data.flip");
    const std::int64_t shift = settings.integer("classifier.shift"), side = all_->sample_shape()[1];
    if (data_->size() == 0) {
        held_name_ = "pictures of a random stream of their own";
        shift_ = static_cast<int>(std::max<std::int64_t>(shift, 0));
        return;
    }
    shift_ = static_cast<int>(shift < 0 ? side / 8 : shift);
    test_data_ = test_part(settings, *all_, plan.threads, remarks_);
    if (test_data_ != nullptr) {
        test_ = &images_of(*test_data_);
        check(test_->sample_shape() == all_->sample_shape(),
              "[labelled_images] {}: the test files are of shape {}, the training files of shape {}; "
              "data.size=32 "
              "(or another side) brings them all to one",
              settings.text("data.path"), test_->sample_shape(), all_->sample_shape());
        held_name_ = "the test files";
        return;
    }
    const std::int64_t size = data_->size();
    const auto kept = static_cast<std::int64_t>(
        std::llround(settings.real("classifier.held_share") * static_cast<double>(size)));
    check_usage(kept >= 1 && kept < size, "classifier.held_share={} of {} pictures leaves one part empty",
                settings.real("classifier.held_share"), size);
    const Shuffle order(size, 0, Stream::evaluation, 0);
    for (std::int64_t i = 0; i < size; ++i)
        (i < kept ? kept_ : learnt_).push_back(static_cast<std::int32_t>(order(i)));
    held_name_ = fmt::format("{} of {} pictures", kept, size);
}

std::int64_t LabelledImages::training_count() const {
    return learnt_.empty() ? data_->size() : static_cast<std::int64_t>(learnt_.size());
}

std::int64_t LabelledImages::held_count() const {
    return test_ != nullptr ? test_->size() : static_cast<std::int64_t>(kept_.size());
}

void LabelledImages::stored(float* out, std::int32_t* labels, std::uint64_t seed, std::uint64_t first,
                            std::int64_t count, std::vector<float>& scratch) const {
    const Shape shape = all_->sample_shape();
    const auto size = static_cast<std::uint64_t>(training_count());
    scratch.resize(static_cast<std::size_t>(shape.count()));
    const auto steps = static_cast<std::uint32_t>(2 * shift_ + 1);
    for (std::int64_t k = 0; k < count; ++k) {
        const std::uint64_t index = first + static_cast<std::uint64_t>(k);
        const Shuffle order(static_cast<std::int64_t>(size), seed, Stream::data, index / size);
        const std::int64_t place = order(static_cast<std::int64_t>(index % size));
        all_->stored(scratch.data(), labels + k,
                     learnt_.empty() ? place : std::int64_t{learnt_[static_cast<std::size_t>(place)]});
        const auto words = philox(seed, Stream::noise, index);
        write_moved(out + k * shape.count(), scratch.data(), shape, std::int64_t{words[0] % steps} - shift_,
                    std::int64_t{words[1] % steps} - shift_, flip_ && (words[2] >> 31) != 0);
    }
}

void LabelledImages::training(float* out, std::int32_t* labels, std::uint64_t seed, std::uint64_t first,
                              std::int64_t count, std::vector<float>& scratch) const {
    if (data_->size() > 0) return stored(out, labels, seed, first, count, scratch);
    const Shape shape = all_->sample_shape();
    data_->draw(out, labels, Random(seed, Stream::data), first, count);
    if (shift_ == 0) return;
    const auto steps = static_cast<std::uint32_t>(2 * shift_ + 1);
    scratch.resize(static_cast<std::size_t>(shape.count()));
    for (std::int64_t k = 0; k < count; ++k) {
        float* picture = out + k * shape.count();
        const auto words = philox(seed, Stream::noise, first + static_cast<std::uint64_t>(k));
        std::copy_n(picture, shape.count(), scratch.begin());
        write_moved(picture, scratch.data(), shape, std::int64_t{words[0] % steps} - shift_,
                    std::int64_t{words[1] % steps} - shift_, false);
    }
}

void LabelledImages::held(float* out, std::int32_t* label, std::int64_t i) const {
    // Folders hold one class after the other; any first part of the held-out pictures is to be fair all the same.
    if (test_ != nullptr)
        return test_->stored(out, label, Shuffle(test_->size(), 0, Stream::evaluation, 0)(i));
    all_->stored(out, label, kept_.empty() ? i : std::int64_t{kept_[static_cast<std::size_t>(i)]});
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "metrics/image_scores.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "data/shuffle.hpp"
#include "metrics/frechet.hpp"
#include "metrics/inception_score.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/precision_recall.hpp"
#include "metrics/random_features.hpp"
#include "metrics/sliced_wasserstein.hpp"

namespace mf {
namespace {

constexpr std::int64_t kDirections = 128;
constexpr int kNeighbour = 3;

double sliced(MatrixView x, MatrixView y, Team& team) {
    const std::vector<float> directions = random_directions(kDirections, x.cols);
    return sliced_wasserstein(x, y, as_rows(directions, x.cols), 2, team);
}

/// What a picture shows: cut to [-1, 1], 256 steps. Numbers that are none stay, to be named.
void show(std::span<float> images, const Shape& shape, Team& team) {
    if (shape[2] != 1 && shape[2] != 3) return;
    team.split(std::ssize(images), 1 << 14, [&](std::int64_t from, std::int64_t to) {
        for (float& value :
             images.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)))
            if (std::isfinite(value)) value = value_of_byte(byte_of_value(value));
    });
}

/// Images `begin` .. `end` of the data set in the order of a fixed shuffle.
std::vector<float> real_images(const ImageDataset& data, std::int64_t begin, std::int64_t end,
                               std::vector<std::int32_t>& labels, Team& team) {
    const std::int64_t pixels = data.sample_shape().count();
    std::vector<float> out(static_cast<std::size_t>((end - begin) * pixels));
    labels.resize(static_cast<std::size_t>(end - begin));
    const Shuffle order(std::max<std::int64_t>(data.size(), 1), 0, Stream::evaluation, 1);
    team.split(end - begin, 16, [&](std::int64_t from, std::int64_t to) {
        for (std::int64_t i = from; i < to; ++i)
            data.stored(out.data() + i * pixels, labels.data() + i,
                        data.size() == 0 ? begin + i : order(begin + i));
    });
    show(out, data.sample_shape(), team);
    return out;
}

}  // namespace

FeatureScores score_features(MatrixView generated, MatrixView real, Team& team) {
    check_sample_pair("score_features", generated, real, kNeighbour + 1);
    FeatureScores out;
    out.fid = frechet_distance(generated, real, team);
    out.kid = kid(generated, real, team);
    const PrecisionRecall shares = precision_recall(real, generated, kNeighbour, team);
    out.precision = shares.precision;
    out.recall = shares.recall;
    return out;
}

ImageReference::ImageReference(const ImageDataset& data, const ImageClassifier* judge, std::int64_t count,
                               Team& team, std::vector<std::int32_t> judge_labels)
    : judge_(judge),
      judge_labels_(std::move(judge_labels)),
      shape_(data.sample_shape()),
      count_(data.size() == 0 ? count : std::min(count, data.size() / 2)) {
    check(count_ > kNeighbour, "[image_reference] {} images to compare with; expected at least {}", count_,
          kNeighbour + 1);
    std::vector<std::int32_t> labels;
    images_ = real_images(data, 0, count_, labels, team);
    others_ = real_images(data, count_, 2 * count_, other_labels_, team);
    if (data.classes() == 0) other_labels_.clear();
    random_ = random_features(as_rows(images_, shape_.count()), shape_, team);
    if (judge_ != nullptr) classified_ = classify(*judge_, images_, team);
}

ImageScores ImageReference::score(std::span<const float> given, std::span<const std::int32_t> labels,
                                  Team& team) const {
    std::vector<float> images(given.begin(), given.end());
    show(images, shape_, team);
    const MatrixView rows = as_rows(images, shape_.count());
    check_samples("eval", "images", rows, kNeighbour + 1);
    check(labels.empty() || static_cast<std::int64_t>(labels.size()) == rows.rows,
          "[eval] {} labels for {} images", labels.size(), rows.rows);
    ImageScores out;
    out.n = rows.rows;
    out.swd_pixels = sliced(rows, as_rows(images_, shape_.count()), team);
    const std::vector<float> random = random_features(rows, shape_, team);
    out.swd_random = sliced(as_rows(random, kRandomFeatures), as_rows(random_, kRandomFeatures), team);
    if (judge_ == nullptr) return out;
    const Classified found = classify(*judge_, images, team);
    const std::int64_t hidden = judge_->config().hidden;
    out.features =
        score_features(as_rows(found.features, hidden), as_rows(classified_.features, hidden), team);
    out.class_score = inception_score(as_rows(found.logits, judge_->config().classes), 1).mean;
    if (labels.empty()) return out;
    const std::vector<std::int32_t> classes = found.classes();
    std::int64_t right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto label = static_cast<std::size_t>(labels[i]);
        const std::int32_t asked = label < judge_labels_.size() ? judge_labels_[label] : labels[i];
        right += classes[i] == asked ? 1 : 0;
    }
    out.accuracy = static_cast<double>(right) / static_cast<double>(out.n);
    return out;
}

ImageScores ImageReference::floor(Team& team) const { return score(others_, other_labels_, team); }

}  // namespace mf

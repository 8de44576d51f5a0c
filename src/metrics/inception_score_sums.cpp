// SPDX-License-Identifier: MIT
#include "metrics/inception_score_sums.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "metrics/class_probabilities.hpp"
#include "metrics/tensor_io.hpp"

namespace mf {
namespace {

constexpr std::uint32_t kPublishedSeed = 2020;

std::size_t entries(std::int64_t n) { return static_cast<std::size_t>(n); }

}  // namespace

InceptionScoreSums::InceptionScoreSums(std::int64_t classes, std::int64_t total, int parts, bool permuted)
    : classes_(classes),
      total_(total),
      parts_(parts),
      part_of_(entries(total)),
      own_(entries(parts)),
      shared_(entries(parts * classes)) {
    check(parts >= 1 && parts <= 255 && total >= parts, "[inception_score] {} images do not make {} parts",
          total, parts);
    std::vector<std::int64_t> order;
    if (permuted) order = legacy_permutation(kPublishedSeed, total);
    for (int k = 0; k < parts; ++k)
        for (std::int64_t at = total * k / parts; at < total * (k + 1) / parts; ++at)
            part_of_[entries(permuted ? order[entries(at)] : at)] = static_cast<std::uint8_t>(k);
}

void InceptionScoreSums::add(MatrixView logits) {
    check(logits.cols == classes_, "[inception_score] {} logits a row, expected {}", logits.cols, classes_);
    check(rows_ + logits.rows <= total_, "[inception_score] more than {} images", total_);
    check_samples("inception_score", "logits", logits, 0);
    std::vector<double> p(entries(classes_));
    for (std::int64_t i = 0; i < logits.rows; ++i) {
        const std::size_t part = part_of_[entries(rows_ + i)];
        own_[part] += class_probabilities(logits.row(i), p);
        double* const shared = shared_.data() + part * entries(classes_);
        for (std::size_t c = 0; c < p.size(); ++c) shared[c] += p[c];
    }
    rows_ += logits.rows;
}

InceptionScore InceptionScoreSums::finish() const {
    check(rows_ == total_, "[inception_score] {} of {} images have come", rows_, total_);
    std::vector<double> scores;
    for (int k = 0; k < parts_; ++k) {
        const std::int64_t count = total_ * (k + 1) / parts_ - total_ * k / parts_;
        scores.push_back(score_of_sums(own_[entries(k)], {shared_.data() + k * classes_, entries(classes_)},
                                       static_cast<double>(count)));
    }
    return inception_score_of_parts(std::move(scores));
}

void InceptionScoreSums::save(std::map<std::string, Tensor>& tensors, const std::string& prefix) const {
    tensors[prefix + "rows"] = tensor_of_integer(rows_);
    tensors[prefix + "own"] = tensor_of_doubles(own_, {parts_});
    tensors[prefix + "shared"] = tensor_of_doubles(shared_, {parts_, classes_});
}

void InceptionScoreSums::load(const std::map<std::string, Tensor>& tensors, const std::string& prefix,
                              const std::string& place) {
    rows_ = integer_in(tensors, prefix + "rows", place);
    check(rows_ >= 0 && rows_ <= total_, "{}: {}rows is {}, expected at most {}", place, prefix, rows_,
          total_);
    own_ = doubles_in(tensors, prefix + "own", parts_, place);
    shared_ = doubles_in(tensors, prefix + "shared", parts_ * classes_, place);
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "judge/feature_files.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/array_numbers.hpp"
#include "io/npz.hpp"
#include "metrics/image_scores.hpp"
#include "metrics/inception_score.hpp"
#include "metrics/matrix.hpp"

namespace mf {
namespace {

/// The array `name`, (n, d), as f32; empty when it is missing and not needed. An .npy is its features.
Tensor read_features(const ArrayFile& file, const std::string& name, bool needed) {
    if (!needed && (file.is_single() || !file.has(name))) return {};
    const std::string place = file.is_single() ? file.name() : fmt::format("{}: {}", file.name(), name);
    if (!file.has(name))
        throw Error(
            fmt::format("{}: has no array '{}'", file.name(), name),
            file.listing() + "; features are an array features (n, d) and, if you like, logits (n, classes)");
    const Tensor given = file.read(name);
    check(given.shape().rank() == 2, "{}: has shape {}, expected two dimensions", place, given.shape());
    return to_floats(given, place);
}

MatrixView view_of(const Tensor& x) { return {x.f32(), x.rows(), x.cols()}; }

/// Error, naming the file, unless there are enough rows for every score and all numbers are finite.
void check_features(const std::string& path, const Tensor& x) {
    constexpr std::int64_t least = 4;  // a point and its three neighbours
    check_samples("eval", fmt::format("{}: features", path).c_str(), view_of(x), least);
}

}  // namespace

FeatureFileScores score_feature_files(const std::string& generated, const std::string& real, Team& team) {
    const ArrayFile first(generated), second(real);
    const Tensor x = read_features(first, "features", true), y = read_features(second, "features", true),
                 logits = read_features(first, "logits", false);
    check_features(generated, x);
    check_features(real, y);
    if (x.cols() != y.cols())
        throw Error(fmt::format("{} has features of {} numbers, {} of {}; expected as many", generated,
                                x.cols(), real, y.cols()),
                    "take the features of both from the same network");
    check(logits.empty() || logits.rows() == x.rows(),
          "{}: logits has {} rows and features {}, expected the same images", generated, logits.rows(),
          x.rows());
    const FeatureScores scores = score_features(view_of(x), view_of(y), team);
    FeatureFileScores out{.generated = x.rows(), .real = y.rows(), .numbers = {}};
    out.numbers = {
        {"fid", scores.fid}, {"kid", scores.kid}, {"precision", scores.precision}, {"recall", scores.recall}};
    if (!logits.empty())
        check_samples("eval", fmt::format("{}: logits", generated).c_str(), view_of(logits), 1);
    if (!logits.empty()) out.numbers.emplace_back("class_score", inception_score(view_of(logits), 1).mean);
    return out;
}

}  // namespace mf

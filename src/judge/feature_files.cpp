// SPDX-License-Identifier: MIT
#include "judge/feature_files.hpp"

#include <map>

#include <fmt/format.h>

#include "core/error.hpp"
#include "generate/sample_file.hpp"
#include "metrics/image_scores.hpp"
#include "metrics/inception_score.hpp"
#include "metrics/matrix.hpp"

namespace mf {
namespace {

/// The array `name`, (n, d), as f32; empty when it is missing and not needed.
Tensor read_features(const std::string& path, const std::string& name, bool needed) {
    const std::map<std::string, Tensor> arrays = read_arrays(path);
    const auto found = arrays.find(name);
    if (found == arrays.end()) {
        if (needed)
            throw Error(
                fmt::format("{}: has no array '{}'", path, name),
                "features are an .npz with an array features (n, d) and, if you like, logits (n, classes)");
        return {};
    }
    check(found->second.shape().rank() == 2, "{}: {} is {}, expected two dimensions", path, name,
          found->second.shape());
    return as_floats(found->second, path);
}

MatrixView view_of(const Tensor& x) { return {x.f32(), x.rows(), x.cols()}; }

/// Error, naming the file, unless there are enough rows for every score and all numbers are finite.
void check_features(const std::string& path, const Tensor& x) {
    constexpr std::int64_t least = 4;  // a point and its three neighbours
    check_samples("eval", fmt::format("{}: features", path).c_str(), view_of(x), least);
}

}  // namespace

FeatureFileScores score_feature_files(const std::string& generated, const std::string& real, Team& team) {
    const Tensor x = read_features(generated, "features", true), y = read_features(real, "features", true),
                 logits = read_features(generated, "logits", false);
    check_features(generated, x);
    check_features(real, y);
    if (x.cols() != y.cols())
        throw Error(fmt::format("{} has features of {} numbers, {} of {}; expected as many", generated,
                                x.cols(), real, y.cols()),
                    "take the features of both from the same network");
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

// SPDX-License-Identifier: MIT
#include "metrics/feature_sums.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "metrics/tensor_io.hpp"

namespace mf {
namespace {

int parts_of(const FeaturePlan& plan) { return plan.total < plan.parts ? 1 : plan.parts; }

}  // namespace

FeatureSums::FeatureSums(const FeaturePlan& plan)
    : plan_(plan),
      features_(plan.features),
      spatial_(plan.spatial),
      score_(plan.classes, plan.total, parts_of(plan), plan.permuted) {
    kept_.reserve(static_cast<std::size_t>(std::min(plan.kept, plan.total) * plan.features));
}

void FeatureSums::add(const FeatureRows& rows, Team& team) {
    const std::int64_t n = rows.features.rows;
    check(rows.spatial.rows == n && rows.logits.rows == n,
          "[features] {} features, {} spatial ones, {} logits", n, rows.spatial.rows, rows.logits.rows);
    const std::string about = fmt::format("images, {} on", this->rows());
    check_samples("features", about.c_str(), rows.features, 0);
    check_samples("spatial features", about.c_str(), rows.spatial, 0);
    score_.add(rows.logits);
    features_.add(rows.features, team);
    spatial_.add(rows.spatial, team);
    const std::int64_t room = plan_.kept - std::ssize(kept_) / plan_.features;
    kept_.insert(kept_.end(), rows.features.data,
                 rows.features.data + std::clamp<std::int64_t>(room, 0, n) * plan_.features);
}

std::map<std::string, Tensor> FeatureSums::save() const {
    std::map<std::string, Tensor> out;
    features_.save(out, "features.");
    spatial_.save(out, "spatial.");
    score_.save(out, "score.");
    out["kept"] = tensor_of_floats(kept_, {std::ssize(kept_) / plan_.features, plan_.features});
    return out;
}

void FeatureSums::load(const std::map<std::string, Tensor>& tensors, const std::string& place) {
    FeatureSums out(plan_);
    out.features_.load(tensors, "features.", place);
    out.spatial_.load(tensors, "spatial.", place);
    out.score_.load(tensors, "score.", place);
    const std::int64_t rows = out.rows();
    check(out.spatial_.rows() == rows && out.score_.rows() == rows && rows <= plan_.total,
          "{}: counts of images disagree: {}, {} and {}", place, rows, out.spatial_.rows(),
          out.score_.rows());
    out.kept_ = floats_in(tensors, "kept", std::min(plan_.kept, rows) * plan_.features, place);
    *this = std::move(out);
}

}  // namespace mf

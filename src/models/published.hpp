// SPDX-License-Identifier: MIT
// Networks whose weights others have published, told by their sizes, and how they are best sampled.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/dit.hpp"
#include "models/mit.hpp"

namespace mf {

/// Guidance that a network is recommended to be sampled with.
struct RecommendedGuidance {
    int steps = 1;  ///< for this many, and for more up to the next entry
    double omega = 1, t_min = 0, t_max = 1;

    bool operator==(const RecommendedGuidance&) const = default;
};

struct PublishedModel {
    std::string name;                              ///< "iMF-B/2"
    std::vector<RecommendedGuidance> recommended;  ///< by steps; empty: guidance is trained in
};

/// The published network of these sizes (latents of 32 x 32 x 4, 1000 classes); null where there is none.
const PublishedModel* published_model(const Mit::Config& config);
const PublishedModel* published_model(const Dit::Config& config);

/// "steps=1 omega=8 interval=0.42,0.62; steps=2 omega=4 interval=0.36,0.64": how metadata say it, and back. Error, naming
/// `place`, for other texts.
std::string recommended_text(const std::vector<RecommendedGuidance>& recommended);
std::vector<RecommendedGuidance> read_recommended(std::string_view text, const std::string& place);

}  // namespace mf

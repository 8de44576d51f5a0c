// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/image_classifier.hpp"

namespace mf {

/// What a classifier makes of n images.
struct Classified {
    std::int64_t rows = 0;
    std::vector<float> features;  ///< (rows, hidden)
    std::vector<float> logits;    ///< (rows, classes)

    /// The class with the largest logit of every row.
    std::vector<std::int32_t> classes() const;
};

/// images (n, pixels), values on [-1, 1]; in f32, tile by tile over the threads: a row's numbers do not depend on the
/// others or on the number of threads. The parameters must be packed for f32.
Classified classify(const ImageClassifier& classifier, std::span<const float> images, Team& team);

}  // namespace mf

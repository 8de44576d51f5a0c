// SPDX-License-Identifier: MIT
// What turns samples of a model into what people look at: latents into pictures.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/shape.hpp"
#include "core/stop.hpp"
#include "core/team.hpp"

namespace mf {

class SampleDecoder {
  public:
    virtual ~SampleDecoder() = default;

    /// Shape of what a sample of this shape becomes. UsageError when it is none that this decoder reads.
    virtual Shape shape(const Shape& sample) const = 0;
    /// `samples` (count, *sample) to (count, *shape(sample)), pictures on [-1, 1]. What becomes of one does not depend on
    /// the others. Stopped when `stop`, asked before each, says so.
    virtual std::vector<float> decode(Team& team, std::span<const float> samples, const Shape& sample,
                                      const Stop& stop) const = 0;
    /// A line that tells this decoder from others, for files that say how they were made.
    virtual std::string text() const = 0;
};

}  // namespace mf

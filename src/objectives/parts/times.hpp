// SPDX-License-Identifier: MIT
// Where on the path a training row looks: t and r, sorted to r <= t; a fixed share of the rows has r = t.
#pragma once

#include "core/options.hpp"
#include "core/rng.hpp"
#include "objectives/parts/path.hpp"

namespace mf {

struct TimeSampler {
    enum class Kind : std::uint8_t { uniform, logit_normal };
    Kind kind = Kind::uniform;
    double mean = -0.4, std = 1.0;  ///< of the normal whose sigmoid is the time (logit_normal)
    double equal_share = 0;         ///< share of rows with r = t
    bool single_equal = false;      ///< those rows take one draw as it comes, not the later of two
    double whole_share = 0;  ///< share of rows whose interval reaches the data: r = 0 (r = 1 for forward)
    Direction direction = Direction::reverse;

    /// Of the rows [first, first + count) of a batch, how many have r = t. Summed over a batch's tiles this is
    /// floor(batch * equal_share) whatever the tiles are.
    std::int64_t equal_rows(std::int64_t first, std::int64_t count) const {
        return rows(equal_share, first, count);
    }
    /// The same for rows whose interval reaches the data.
    std::int64_t whole_rows(std::int64_t first, std::int64_t count) const {
        return rows(whole_share, first, count);
    }
    /// Writes t and r (count) for samples index, index + 1, ...; the first `equal` rows get r = t, the `whole` rows
    /// after them reach the data.
    void draw(float* t, float* r, std::int64_t equal, std::int64_t whole, const Random& random,
              std::uint64_t index, std::int64_t count) const;
    /// One time from a uniform or, for logit_normal, a standard normal number.
    float time(float base) const;

    static const OptionTable& options();
    static TimeSampler make(const Settings& settings);

  private:
    static std::int64_t rows(double share, std::int64_t first, std::int64_t count);
};

}  // namespace mf

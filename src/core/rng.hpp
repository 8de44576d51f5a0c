// SPDX-License-Identifier: MIT
// Counter-based random numbers: Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
// A draw is a pure function of (seed, stream, index, block): sample i is the same whatever the batch, the tile, the
// thread or the rank, and resuming needs no generator state.
#pragma once

#include <array>
#include <cstdint>

namespace mf {

/// What a draw is for; different streams of one seed are independent.
enum class Stream : std::uint32_t {
    data = 1,
    noise,
    times,
    initial_weights,
    sampling,
    evaluation,
    guidance,
    shuffle,
    dropout,
    test
};

/// Four independent words uniform on [0, 2^32).
std::array<std::uint32_t, 4> philox(std::uint64_t seed, Stream stream, std::uint64_t index,
                                    std::uint32_t block = 0);

/// Word to a float uniform on [0, 1) (multiples of 2^-24).
inline float to_unit(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24F; }

/// Draws for the rows first, first + 1, ... of one stream; every call fills plain arrays of `count` numbers.
class Random {
  public:
    Random(std::uint64_t seed, Stream stream) : seed_(seed), stream_(stream) {}

    /// Row i of `u0..u3` is uniform on [0, 1); `block` gives further independent quadruples for the same rows.
    void uniforms(float* u0, float* u1, float* u2, float* u3, std::uint64_t first, std::int64_t count,
                  std::uint32_t block = 0) const;
    /// Row i of `n0, n1` is standard normal (Box-Muller, |n| < 5.8); uses the words that `uniforms` gives as u0, u1.
    void normals(float* n0, float* n1, std::uint64_t first, std::int64_t count,
                 std::uint32_t block = 0) const;
    /// Rows of `width` standard normals each, out (count, width): row i is normal_vector(width, first + i).
    void normal_rows(float* out, std::int64_t width, std::uint64_t first, std::int64_t count) const;
    /// `count` standard normals of the one row `index`, for vectors of any length (images, weights).
    void normal_vector(float* out, std::int64_t count, std::uint64_t index) const;

    std::uint64_t seed() const { return seed_; }
    Stream stream() const { return stream_; }

  private:
    std::uint64_t seed_;
    Stream stream_;
};

}  // namespace mf

// SPDX-License-Identifier: MIT
// Many samples, of which a bounded number is in memory at a time.
#pragma once

#include <cstdint>
#include <functional>

#include "generate/sampling.hpp"

namespace mf {

/// How many samples are drawn at a time: as many as take 64 MiB, and as all threads can work on; all of them with
/// request.record.
std::int64_t samples_in_piece(const LoadedModel& loaded, const SampleRequest& request, const Team& team);

/// Called with the index of the first sample of a piece, and the piece.
using TakePiece = std::function<void(std::int64_t first, const Samples& samples)>;
/// False for pieces that need not be drawn.
using WantsPiece = std::function<bool(std::int64_t first, std::int64_t count)>;

/// Draws request.count samples from request.first on, piece by piece, bit for bit those of a single draw. Returns the
/// seconds that drawing took, without what `take` did. Stopped, after whole pieces, when request.stop says so.
double draw_in_pieces(const LoadedModel& loaded, const SampleRequest& request, Team& team,
                      const TakePiece& take, const WantsPiece& wanted = nullptr);

}  // namespace mf

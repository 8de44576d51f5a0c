// SPDX-License-Identifier: MIT
#include "generate/pieces.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/stopwatch.hpp"

namespace mf {
namespace {

constexpr std::int64_t kPieceNumbers = std::int64_t{1} << 24;  // 64 MiB of f32

/// Of a list with one number for each sample, those of a piece; a single number is for all.
void cut_list(std::vector<double>& list, std::int64_t from, std::int64_t count) {
    if (list.size() <= 1) return;
    list = {list.begin() + from, list.begin() + from + count};
}

void check_list(const std::vector<double>& list, std::int64_t count) {
    check_usage(list.size() <= 1 || std::ssize(list) == count,
                "guidance: {} numbers for {} samples; give one, or one for each", list.size(), count);
}

}  // namespace

std::int64_t samples_in_piece(const LoadedModel& loaded, const SampleRequest& request, const Team& team) {
    if (request.record > 0) return request.count;
    const std::int64_t round = loaded.model->tile_rows() * team.size();
    const std::int64_t rounds = std::max<std::int64_t>(
        1, kPieceNumbers / std::max<std::int64_t>(1, loaded.shown_shape().count() * round));
    const std::int64_t most = request.piece > 0 ? std::min(request.piece, rounds * round) : rounds * round;
    return std::min(request.count, most);
}

double draw_in_pieces(const LoadedModel& loaded, const SampleRequest& request, Team& team,
                      const TakePiece& take, const WantsPiece& wanted) {
    for (const auto* list : {&request.guidance.omega, &request.guidance.t_min, &request.guidance.t_max})
        check_list(*list, request.count);
    const std::int64_t most = samples_in_piece(loaded, request, team),
                       dimensions = loaded.sample.shape.count();
    SampleMemory memory;
    double seconds = 0;
    for (std::int64_t done = 0; done < request.count; done += most) {
        end_if_asked(request.stop, "drawing samples");
        SampleRequest part = request;
        part.first = request.first + done;
        part.count = std::min(most, request.count - done);
        if (done > 0) part.remarks = nullptr;  // the same again
        if (wanted && !wanted(part.first, part.count)) continue;
        if (!request.noise.empty())
            part.noise = {request.noise.begin() + done * dimensions,
                          request.noise.begin() + (done + part.count) * dimensions};
        cut_list(part.guidance.omega, done, part.count);
        cut_list(part.guidance.t_min, done, part.count);
        cut_list(part.guidance.t_max, done, part.count);
        Stopwatch watch;
        const Samples samples = draw_samples(loaded, part, team, &memory);
        seconds += watch.seconds();
        take(part.first, samples);
    }
    return seconds;
}

}  // namespace mf

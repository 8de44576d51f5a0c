// SPDX-License-Identifier: MIT
#include "generate/open_model.hpp"

#include <iterator>

#include "core/error.hpp"
#include "train/plain_weights.hpp"
#include "train/run_folder.hpp"

namespace mf {

LoadedModel open_model(const std::filesystem::path& target, const ModelChoice& choice, Team& team) {
    if (std::filesystem::is_regular_file(target) && holds_plain_weights(target))
        return open_plain_weights(target, choice.side, choice.precision, team);
    check_usage(choice.side == 0, "--side is for files of weights; {} says what its samples are",
                target.string());
    std::vector<std::string> remarks;
    const Checkpoint checkpoint = find_checkpoint(target, choice.step, remarks);
    LoadedModel out = load_model(checkpoint, choice.weights, team, choice.precision);
    out.remarks.insert(out.remarks.begin(), std::make_move_iterator(remarks.begin()),
                       std::make_move_iterator(remarks.end()));
    return out;
}

}  // namespace mf

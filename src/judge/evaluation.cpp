// SPDX-License-Identifier: MIT
#include "judge/evaluation.hpp"

namespace mf {

LoadedModel open_for_evaluation(const std::filesystem::path& target, const EvalRequest& request, Team& team) {
    LoadedModel out = open_model(target, request.model, team);
    if (request.vae)
        out.decoder = open_decoder(with_scale_of(*request.vae, out.settings), out.sample, team, out.remarks);
    for (const std::string& line : out.remarks) tell(request.remarks, line);
    return out;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "models/network_names.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/options.hpp"

namespace mf {
namespace {

/// A part of a name that only one kind of network has.
struct Telling {
    std::string_view part, what;
};

// The more telling ones first: a whole checkpoint of Stable Diffusion holds an autoencoder too.
constexpr std::array<Telling, 19> kTelling = {{
    {"model.diffusion_model.", "a checkpoint of Stable Diffusion"},
    {"decoder.up_blocks.", "an autoencoder (VAE)"},
    {"decoder.up.", "an autoencoder (VAE)"},
    {"encoder.down_blocks.", "an autoencoder (VAE)"},
    {"encoder.down.", "an autoencoder (VAE)"},
    {"decoder.conv_in.", "an autoencoder (VAE)"},
    {"encoder.conv_in.", "an autoencoder (VAE)"},
    {"Mixed_5b.", "the Inception network of FID"},
    {"Conv2d_1a_3x3.", "the Inception network of FID"},
    {"shared_blocks.", "an iMF transformer"},
    {"u_heads.", "an iMF transformer"},
    {"adaLN_modulation", "a DiT"},
    {"x_embedder.", "a transformer (DiT or iMF)"},
    {"map_layer0.", "a U-Net of EDM or py-meanflow"},
    {"time_embedding.linear_1.", "a U-Net of diffusers"},
    {"text_model.", "a text encoder (CLIP)"},
    {"exp_avg", "an optimiser's state"},
    {"layer1.0.conv1.", "a ResNet"},
    {"network.0.", "a network of points"},
}};

constexpr std::size_t kShown = 10;

/// At most `room` of the names; what is left over is counted.
std::string some_of(const std::vector<std::string>& names, std::size_t room) {
    const std::size_t shown = std::min(room, names.size());
    std::string out =
        fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    if (shown < names.size()) out += fmt::format(" and {} more", names.size() - shown);
    return out;
}

}  // namespace

std::string network_of_names(const NamedShapes& weights) {
    for (const Telling& telling : kTelling)
        for (const auto& [name, shape] : weights)
            if (name.find(telling.part) != std::string::npos) return std::string(telling.what);
    return "";
}

void check_all_there(const std::string& place, const std::string& network, const NamedShapes& wanted,
                     const NamedShapes& given) {
    std::map<std::string, Shape> there(given.begin(), given.end());
    std::vector<std::string> missing, wrong, surplus;
    for (const auto& [name, shape] : wanted) {
        const auto found = there.find(name);
        if (found == there.end()) {
            missing.push_back(name);
            continue;
        }
        if (found->second != shape)
            wrong.push_back(fmt::format("{} is {}, expected {}", name, found->second, shape));
        there.erase(found);
    }
    for (const auto& [name, shape] : there) surplus.push_back(name);
    if (missing.empty() && wrong.empty() && surplus.empty()) return;
    std::vector<std::string> parts;
    std::size_t room = kShown;
    const auto tell = [&](const char* what, const std::vector<std::string>& names) {
        if (names.empty()) return;
        parts.push_back(fmt::format("{} {}{}{}", names.size(), what, room > 0 ? ": " : "",
                                    room > 0 ? some_of(names, room) : ""));
        room -= std::min(room, names.size());
    };
    tell("missing", missing);
    tell("of another shape", wrong);
    tell("that it does not have", surplus);
    std::string hint;
    for (const std::string& name : missing)
        if (const std::string near = nearest(name, surplus); !near.empty()) {
            hint = fmt::format("in the place of {} there is {}", name, near);
            break;
        }
    throw Error(fmt::format("{}: is no complete {}; tensors {}", place, network, fmt::join(parts, "; ")),
                hint);
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "models/vae_weights.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"

namespace mf {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 4> kOlderAttention = {
    {{"query", "to_q"}, {"key", "to_k"}, {"value", "to_v"}, {"proj_attn", "to_out.0"}}};
constexpr std::array<Pair, 5> kCompVisAttention = {
    {{"norm", "group_norm"}, {"q", "to_q"}, {"k", "to_k"}, {"v", "to_v"}, {"proj_out", "to_out.0"}}};

std::vector<std::string> split(std::string_view name) {
    std::vector<std::string> out;
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('.', begin), name.size());
        out.emplace_back(name.substr(begin, end - begin));
        begin = end + 1;
    }
    return out;
}

std::optional<std::size_t> number_in(const std::string& word) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    return error == std::errc() && end == word.data() + word.size() ? std::optional(number) : std::nullopt;
}

template <std::size_t N>
std::string renamed(const std::array<Pair, N>& pairs, const std::string& word) {
    for (const Pair& pair : pairs)
        if (word == pair.first) return std::string(pair.second);
    return word;
}

/// The name that diffusers gives to a tensor called `name` (without prefix) by CompVis; the same where it has none.
std::string from_compvis(const std::string& name, std::size_t decoder_levels) {
    const std::vector<std::string> w = split(name);
    if (w.size() < 3 || (w[0] != "encoder" && w[0] != "decoder")) return name;
    const std::string& last = w.back();
    if (w[1] == "norm_out") return fmt::format("{}.conv_norm_out.{}", w[0], last);
    if (w[1] == "mid" && w.size() >= 5 && w[2] == "attn_1")
        return fmt::format("{}.mid_block.attentions.0.{}.{}", w[0], renamed(kCompVisAttention, w[3]), last);
    if (w[1] == "mid" && w.size() >= 5 && (w[2] == "block_1" || w[2] == "block_2"))
        return fmt::format("{}.mid_block.resnets.{}.{}.{}", w[0], w[2] == "block_1" ? 0 : 1, w[3], last);
    const bool down = w[1] == "down", up = w[1] == "up";
    const std::optional<std::size_t> level = w.size() >= 5 ? number_in(w[2]) : std::nullopt;
    if ((!down && !up) || !level || (up && *level >= decoder_levels)) return name;
    const std::string place = up ? fmt::format("{}.up_blocks.{}", w[0], decoder_levels - 1 - *level)
                                 : fmt::format("{}.down_blocks.{}", w[0], *level);
    if (w[3] == "block" && w.size() >= 7)
        return fmt::format("{}.resnets.{}.{}.{}", place, w[4],
                           w[5] == "nin_shortcut" ? "conv_shortcut" : w[5], last);
    if (w[3] == "downsample" || w[3] == "upsample")
        return fmt::format("{}.{}rs.0.conv.{}", place, w[3], last);
    return name;
}

std::string from_older(const std::string& name) {
    const std::size_t at = name.find(".attentions.0.");
    if (at == std::string::npos) return name;
    std::vector<std::string> w = split(std::string_view(name).substr(at + 14));
    if (w.size() != 2) return name;
    return fmt::format("{}.attentions.0.{}.{}", name.substr(0, at), renamed(kOlderAttention, w[0]), w[1]);
}

/// What stands before the autoencoder's names; nothing when there is no autoencoder.
std::optional<std::string> prefix_of(const std::map<std::string, Tensor>& given) {
    std::optional<std::string> out;
    for (const auto& [name, tensor] : given)
        for (const std::string_view anchor : {"decoder.conv_in.weight", "encoder.conv_in.weight"}) {
            if (!name.ends_with(anchor)) continue;
            const std::string before = name.substr(0, name.size() - anchor.size());
            if (!before.empty() && !before.ends_with('.')) continue;
            // Of several (an average beside it) the shortest name is the plain one.
            if (!out || before.size() < out->size()) out = before;
        }
    return out;
}

/// Tensors of training and of other networks.
bool is_beside(const std::string& name) {
    return name.starts_with("loss.") || name.starts_with("model_ema.") || name.starts_with("discriminator");
}

Tensor in_shape(const std::string& name, const Tensor& given) {
    const Shape& s = given.shape();
    const bool attention = name.find(".attentions.0.to_") != std::string::npos && name.ends_with(".weight");
    return attention && s.rank() == 4 && s[2] == 1 && s[3] == 1 ? given.reshaped({s[0], s[1]}) : given;
}

}  // namespace

VaeWeights vae_weights(const std::map<std::string, Tensor>& given, const std::string& place) {
    const std::optional<std::string> prefix = prefix_of(given);
    if (!prefix) {
        const std::string what = network_of_names(shapes_of(given));
        throw Error(fmt::format("{}: is no autoencoder (VAE)", place) +
                        (what.empty() ? "" : ", but looks like " + what),
                    "expected tensors called decoder.conv_in.weight and so on, perhaps with a prefix");
    }
    std::map<std::string, Tensor> plain;
    std::size_t others = 0, levels = 0;
    for (const auto& [name, tensor] : given) {
        if (!name.starts_with(*prefix) || is_beside(name.substr(prefix->size()))) {
            ++others;
            continue;
        }
        plain.emplace(name.substr(prefix->size()), tensor);
        const std::vector<std::string> w = split(name.substr(prefix->size()));
        if (w.size() > 2 && w[0] == "decoder" && w[1] == "up")
            if (const auto level = number_in(w[2])) levels = std::max(levels, *level + 1);
    }
    VaeWeights out;
    const bool compvis = std::ranges::any_of(plain, [](const auto& one) {
        return one.first.starts_with("decoder.up.") || one.first.starts_with("encoder.down.");
    });
    out.form = compvis ? "CompVis" : "diffusers";
    for (const auto& [name, tensor] : plain) {
        const std::string own = compvis ? from_compvis(name, levels) : from_older(name);
        if (!compvis && own != name) out.form = "diffusers, older names";
        out.tensors.emplace(own, in_shape(own, tensor));
    }
    if (others > 0)
        out.remarks.push_back(
            fmt::format("{}: {} tensors that are not of its autoencoder were left out", place, others));
    return out;
}

std::string text_of(const SdVae::Config& c) {
    return fmt::format("channels {}, {} layer{} a level, {} latent channels, 1/{} of the side, {}",
                       fmt::join(c.channels, ", "), c.layers, c.layers == 1 ? "" : "s", c.latents, c.factor(),
                       c.has_encoder && c.has_decoder ? "encoder and decoder"
                       : c.has_decoder                ? "decoder only"
                                                      : "encoder only");
}

NamedShapes shapes_of(const std::map<std::string, Tensor>& tensors) {
    NamedShapes out;
    for (const auto& [name, tensor] : tensors) out.emplace_back(name, tensor.shape());
    return out;
}

}  // namespace mf

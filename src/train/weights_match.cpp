// SPDX-License-Identifier: MIT
#include "train/weights_match.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <numeric>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

constexpr std::size_t kLongestCompared = 200, kMostCompared = 2000;

/// How many letters have to be changed, put in or left out.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

/// The name of `others` that is most like this one, where one is: "" otherwise.
std::string nearest(const std::string& name, const std::vector<std::string>& others) {
    std::string out;
    std::size_t best = std::min(name.size(), kLongestCompared) / 2;
    if (name.size() > kLongestCompared) return out;
    for (std::size_t i = 0; i < std::min(others.size(), kMostCompared); ++i) {
        if (others[i].size() > kLongestCompared) continue;
        if (const std::size_t d = distance(name, others[i]); d < best) best = d, out = others[i];
    }
    return out;
}

/// "3 are missing: 'a' (nearest: 'b'), 'c' and 1 more", of which at most `room` are named; takes those off it.
std::string listed_names(const std::vector<std::string>& names, const std::vector<std::string>& others,
                         const char* what, bool quoted, std::size_t& room) {
    std::vector<std::string> shown_names;
    for (std::size_t i = 0; i < names.size() && room > 0; ++i, --room) {
        const std::string near = others.empty() ? "" : nearest(names[i], others);
        shown_names.push_back((quoted ? shown(names[i]) : names[i]) +
                              (near.empty() ? "" : fmt::format(" (nearest: {})", shown(near))));
    }
    const std::size_t more = names.size() - shown_names.size();
    return fmt::format("{} {} {}{}{}{}", names.size(), names.size() == 1 ? "is" : "are", what,
                       shown_names.empty() ? "" : ": ", fmt::join(shown_names, ", "),
                       more == 0 || shown_names.empty() ? "" : fmt::format(" and {} more", more));
}

template <class Bits>
bool all_finite(const Tensor& tensor, Bits exponent) {
    const auto* bits = static_cast<const Bits*>(tensor.raw());
    bool bad = false;
    for (std::int64_t i = 0; i < tensor.count(); ++i) bad |= (bits[i] & exponent) == exponent;
    return !bad;
}

}  // namespace

bool holds_finite(const Tensor& tensor) {
    switch (tensor.dtype()) {
        case DType::f32:
            return all_finite<std::uint32_t>(tensor, 0x7F800000U);
        case DType::f64:
            return all_finite<std::uint64_t>(tensor, 0x7FF0000000000000U);
        case DType::bf16:
            return all_finite<std::uint16_t>(tensor, 0x7F80U);
        case DType::f16:
            return all_finite<std::uint16_t>(tensor, 0x7C00U);
        default:
            return true;
    }
}

std::string WeightsMatch::text() const {
    std::size_t room = kMostListed;
    std::vector<std::string> parts;
    if (!missing.empty()) parts.push_back(listed_names(missing, surplus, "missing", true, room));
    if (!other_shape.empty()) parts.push_back(listed_names(other_shape, {}, "of another shape", false, room));
    if (!surplus.empty()) parts.push_back(listed_names(surplus, {}, "surplus", true, room));
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::string WeightsMatch::surplus_text() const {
    std::size_t room = kMostListed;
    return listed_names(surplus, missing, "of no part of the network and left out", true, room);
}

WeightsMatch match_weights(const TensorFile& weights, const ParamStore& params, std::string_view ignored) {
    WeightsMatch out;
    std::set<std::string> known;
    for (const Param& param : params.all()) {
        known.insert(param.name);
        const auto found = weights.tensors.find(param.name);
        const auto other = weights.foreign.find(param.name);
        if (found == weights.tensors.end() && other == weights.foreign.end())
            out.missing.push_back(param.name);
        else if (found != weights.tensors.end() && found->second.shape() != param.shape)
            out.other_shape.push_back(fmt::format("{} has shape {}, expected {}", shown(param.name),
                                                  found->second.shape(), param.shape));
    }
    const auto look = [&](const std::string& name) {
        if (!known.contains(name) && (ignored.empty() || !name.starts_with(ignored)))
            out.surplus.push_back(name);
    };
    for (const auto& [name, tensor] : weights.tensors) look(name);
    for (const auto& [name, tensor] : weights.foreign) look(name);
    return out;
}

void check_finite(const TensorFile& weights, const ParamStore& params, Team& team, const std::string& place) {
    std::vector<std::atomic<const Param*>> bad(static_cast<std::size_t>(team.size()));
    team.run([&](int lane) {
        int piece = 0;
        for (const Param& param : params.all()) {
            if (piece++ % team.size() != lane) continue;
            const auto found = weights.tensors.find(param.name);
            if (found == weights.tensors.end() || holds_finite(found->second)) continue;
            bad[static_cast<std::size_t>(lane)] = &param;
            return;
        }
    });
    for (const auto& param : bad)
        if (param != nullptr)
            throw Error(fmt::format("{}: tensor {} holds a number that is infinite or not a number", place,
                                    shown(param.load()->name)),
                        "these weights come from a training that broke down, or the file is damaged");
}

}  // namespace mf

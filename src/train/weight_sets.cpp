// SPDX-License-Identifier: MIT
#include "train/weight_sets.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

/// "ema_model.module." in its words: ema, model, module.
std::vector<std::string> words_of(std::string_view prefix) {
    std::vector<std::string> out(1);
    for (const char c : prefix)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        else if (!out.back().empty())
            out.emplace_back();
    return out;
}

template <std::size_t N>
bool has_word(std::string_view prefix, const std::array<std::string_view, N>& known) {
    return std::ranges::any_of(words_of(prefix), [&](const std::string& word) {
        return std::ranges::find(known, word) != known.end();
    });
}

bool names_iMF_parts(const NamedTensors& file, const std::string& prefix) {
    return std::ranges::any_of(
        std::array{"time_tokens", "class_tokens", "omega_tokens"}, [&](const char* part) {
            return file.tensors.contains(prefix + part) || file.foreign.contains(prefix + part);
        });
}

/// The set of a transformer whose anchor stands behind `before`. Names of an iMF transformer begin with "net." here.
WeightSet transformer_set(const NamedTensors& file, const std::string& before) {
    if (!names_iMF_parts(file, before)) return {before, ""};
    if (before == "net." || before.ends_with(".net.") || before.ends_with("/net."))
        return {before.substr(0, before.size() - 4), ""};
    return {before, "net."};
}

std::string list_of(const std::vector<WeightSet>& sets) {
    std::vector<std::string> names;
    for (const WeightSet& set : sets) names.push_back(set.prefix.empty() ? "(no prefix)" : set.name());
    return fmt::format("{}", fmt::join(names, ", "));
}

using Sets = std::vector<const WeightSet*>;

/// Of several that are no averages: the one without a prefix, or the only one of a usual name.
const WeightSet* usual_one(const Sets& sets) {
    if (sets.size() == 1) return sets[0];
    constexpr std::array<std::string_view, 8> usual = {"model",   "online",    "network", "net",
                                                       "student", "generator", "module",  "mod"};
    const WeightSet* found = nullptr;
    for (const WeightSet* set : sets) {
        if (set->prefix.empty()) return set;
        if (!has_word(set->prefix, usual)) continue;
        if (found != nullptr) return nullptr;
        found = set;
    }
    return found;
}

}  // namespace

bool is_of_optimiser(std::string_view prefix) {
    constexpr std::array<std::string_view, 11> words = {"optimiser", "optimizer", "optim", "opt",
                                                        "adam",      "adamw",     "muon",  "exp",
                                                        "momentum",  "grad",      "grads"};
    return has_word(prefix, words);
}

std::string WeightSet::name() const {
    return prefix.ends_with('.') ? prefix.substr(0, prefix.size() - 1) : prefix;
}

bool WeightSet::is_average() const {
    constexpr std::array<std::string_view, 6> words = {"avg", "average", "averaged",
                                                       "swa", "shadow",  "polyak"};
    return has_word(prefix, words) || std::ranges::any_of(words_of(prefix), [](const std::string& word) {
               return word.starts_with("ema");
           });
}

TensorFile WeightSet::taken_from(const NamedTensors& file) const {
    TensorFile out;
    for (const auto& [name, tensor] : file.tensors)
        if (name.starts_with(prefix)) out.tensors.emplace(missing + name.substr(prefix.size()), tensor);
    for (const auto& [name, tensor] : file.foreign)
        if (name.starts_with(prefix)) out.foreign.emplace(missing + name.substr(prefix.size()), tensor);
    out.metadata = file.metadata;
    return out;
}

std::vector<WeightSet> weight_sets(const NamedTensors& file, std::string_view anchor) {
    std::vector<WeightSet> out;
    const auto look = [&](const std::string& name) {
        if (!name.ends_with(anchor)) return;
        const std::string before = name.substr(0, name.size() - anchor.size());
        // Whole names only: "patch_x_embedder" is another part.
        if (!before.empty() && before.back() != '.' && before.back() != '/') return;
        if (!is_of_optimiser(before)) out.push_back(transformer_set(file, before));
    };
    for (const auto& [name, tensor] : file.tensors) look(name);
    for (const auto& [name, tensor] : file.foreign) look(name);
    std::ranges::sort(out, {}, &WeightSet::prefix);
    return out;
}

const WeightSet& chosen_set(const std::vector<WeightSet>& sets, const std::string& wanted,
                            const std::string& own_name, const std::string& place,
                            std::vector<std::string>& remarks) {
    Sets averages, others;
    for (const WeightSet& set : sets) (set.is_average() ? averages : others).push_back(&set);
    const auto refuse = [&](const std::string& what) {
        const std::string all = sets.size() == 1 && !own_name.empty() ? own_name : list_of(sets);
        return UsageError(fmt::format("{}: {}", place, what),
                          sets.size() == 1 ? fmt::format("it has one set of weights: {}", all)
                                           : fmt::format("it has {}; --weights NAME chooses", all));
    };
    const WeightSet* found = nullptr;
    if (wanted == "ema")
        found = averages.empty() ? usual_one(others) : averages.back();
    else if (wanted == "online")
        found = own_name.starts_with("ema") ? nullptr : usual_one(others);
    for (const WeightSet& set : sets)
        if (set.name() == wanted || set.prefix == wanted || (sets.size() == 1 && own_name == wanted))
            found = &set;
    if (found == nullptr)
        throw refuse(wanted == "ema"
                         ? fmt::format("has {} sets of weights, and none is called an average", sets.size())
                         : fmt::format("has no weights {}", shown(wanted)));
    if (sets.size() > 1)
        remarks.push_back(fmt::format("{}: has {} sets of weights: {}; {} is taken{} (--weights chooses)",
                                      place, sets.size(), list_of(sets),
                                      found->prefix.empty() ? "the one without a prefix" : found->name(),
                                      wanted == "ema" && found->is_average() ? ", the average" : ""));
    else if (!found->prefix.empty())
        remarks.push_back(fmt::format("{}: the names of its weights begin with {}, which is left out", place,
                                      shown(found->prefix)));
    return *found;
}

}  // namespace mf

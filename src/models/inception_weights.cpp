// SPDX-License-Identifier: MIT
#include "models/inception_weights.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/inception.hpp"
#include "models/inception_layers.hpp"
#include "models/network_names.hpp"

namespace mf {
namespace {

constexpr double kEpsilon = 1e-3;
constexpr const char* kNorms[] = {".bn.weight", ".bn.bias", ".bn.running_mean", ".bn.running_var"};

/// What a file holds that is none of ours.
std::string likeness(const std::map<std::string, Tensor>& weights) {
    if (weights.empty()) return "there are none at all";
    NamedShapes names;
    for (const auto& [name, tensor] : weights) names.emplace_back(name, tensor.shape());
    const std::string known = network_of_names(names);
    if (!known.empty()) return fmt::format("this is {}", known);
    return fmt::format("it has {} tensors such as {}", weights.size(), weights.begin()->first);
}

constexpr const char* kHint =
    "the FID network is pt_inception-2015-12-05-6726825d.pth of pytorch-fid (torch-fidelity's file has the "
    "same weights)";

/// That all names are there and no other; shapes come later, as they may be others than the published ones.
void check_names(const std::map<std::string, Tensor>& weights, const std::string& place) {
    NamedShapes wanted, given;
    const auto want = [&](const std::string& name) {
        const auto found = weights.find(name);
        wanted.emplace_back(name, found == weights.end() ? Shape{} : found->second.shape());
    };
    want("fc.weight");
    want("fc.bias");
    for (const InceptionLayer& layer : inception_layers()) {
        want(std::string(layer.name) + ".conv.weight");
        for (const char* norm : kNorms) want(std::string(layer.name) + norm);
    }
    for (const auto& [name, tensor] : weights)
        if (!name.ends_with(".num_batches_tracked")) given.emplace_back(name, tensor.shape());
    check_all_there(place, "Inception network of FID", wanted, given);
}

void check_shape(const std::map<std::string, Tensor>& weights, const std::string& place,
                 const std::string& name, const Shape& expected) {
    const Shape& got = weights.at(name).shape();
    if (got == expected) return;
    throw Error(fmt::format("{}: {} has shape {}, expected {}", place, name, got, expected), kHint);
}

}  // namespace

void check_inception_weights(const std::map<std::string, Tensor>& weights, const std::string& place) {
    const auto aux =
        std::ranges::any_of(weights, [](const auto& entry) { return entry.first.starts_with("AuxLogits."); });
    if (!Inception::recognises(weights) || aux)
        throw Error(fmt::format("{}: holds no weights of the FID Inception network; {}", place,
                                aux ? "this is torchvision's Inception-v3, which is another network"
                                    : likeness(weights)),
                    kHint);
    check_names(weights, place);
    const auto channels = [&](std::string_view what) {
        return inception_channels(what, [&](std::string_view layer) {
            return weights.at(std::string(layer) + ".conv.weight").shape()[0];
        });
    };
    for (const InceptionLayer& layer : inception_layers()) {
        const std::string name(layer.name);
        const Shape& got = weights.at(name + ".conv.weight").shape();
        check(got.rank() == 4 && got[0] > 0, "{}: {}.conv.weight has shape {}, expected four dimensions",
              place, name, got);
        check_shape(weights, place, name + ".conv.weight",
                    {got[0], channels(layer.input), layer.height, layer.width});
        for (const char* norm : kNorms) check_shape(weights, place, name + norm, {got[0]});
    }
    check(channels("Mixed_6d.branch1x1") >= Inception::kSpatialChannels,
          "{}: Mixed_6d.branch1x1 has {} channels, expected at least {}", place,
          channels("Mixed_6d.branch1x1"), Inception::kSpatialChannels);
    const Shape& fc = weights.at("fc.weight").shape();
    check(fc.rank() == 2 && fc[0] > 0, "{}: fc.weight has shape {}, expected (classes, features)", place, fc);
    check_shape(weights, place, "fc.weight", {fc[0], channels("Mixed_7c")});
    check_shape(weights, place, "fc.bias", {fc[0]});
}

Tensor InceptionWeights::floats(const std::string& name) const {
    const Tensor& stored = weights_.at(name);
    Tensor out(stored.shape(), DType::f32);
    out.copy_from(stored);
    const auto values = out.floats();
    const auto bad = std::ranges::find_if_not(values, [](float v) { return std::isfinite(v); });
    check(bad == values.end(), "{}: {} holds {} at place {}, expected finite numbers", place_, name,
          bad == values.end() ? 0.0F : *bad, bad - values.begin());
    return out;
}

void InceptionWeights::write(const std::string& layer, Param& weight, Param& bias) const {
    const Tensor w = floats(layer + ".conv.weight"), gamma = floats(layer + ".bn.weight"),
                 beta = floats(layer + ".bn.bias"), mean = floats(layer + ".bn.running_mean"),
                 var = floats(layer + ".bn.running_var");
    const std::int64_t out = w.shape()[0], each = w.count() / out;
    for (std::int64_t o = 0; o < out; ++o) {
        check(var.f32()[o] >= 0, "{}: {}.bn.running_var is {} in channel {}, expected none below 0", place_,
              layer, var.f32()[o], o);
        const double scale = gamma.f32()[o] / std::sqrt(static_cast<double>(var.f32()[o]) + kEpsilon);
        for (std::int64_t i = o * each; i < (o + 1) * each; ++i)
            weight.value.f32()[i] = static_cast<float>(w.f32()[i] * scale);
        bias.value.f32()[o] = static_cast<float>(beta.f32()[o] - mean.f32()[o] * scale);
    }
}

}  // namespace mf

// SPDX-License-Identifier: MIT
// The FID network on hash-made weights, stage by stage; and what it does to the size of pictures.
#include "models/inception.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "core/error.hpp"
#include "data/filtered_resize.hpp"
#include "models/inception_layers.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/resize_bilinear.hpp"
#include "verify/kinds.hpp"
#include "verify/weights.hpp"

namespace mf::verify {
namespace {

constexpr double kFeatureTolerance = 1e-4;
constexpr std::int64_t kCorner = 16, kFirst = 8, kClasses = 1008;

/// Pictures of bytes as the network reads them: (y - 128) / 128.
Tensor network_input(const Tensor& bytes) {
    Tensor out(bytes.shape(), DType::f32);
    const auto* from = static_cast<const std::uint8_t*>(bytes.raw());
    std::transform(from, from + bytes.count(), out.f32(),
                   [](std::uint8_t byte) { return (static_cast<float>(byte) - 128) / 128; });
    return out;
}

/// Every weight of the published network by integer hashing of its name.
std::map<std::string, Tensor> hashed_weights(const Reference& reference) {
    const std::string prefix = reference.word("name_prefix");
    const double gain = reference.setting("gain");
    std::map<std::string, Tensor> out;
    const auto make = [&](const std::string& name, const Shape& shape) {
        out[name] = hashed_tensor(prefix + name, shape, gain);
    };
    const auto layers = inception_layers();
    const auto channels = [&](std::string_view what) {
        return inception_channels(what, [&](std::string_view name) -> std::int64_t {
            return std::ranges::find(layers, name, &InceptionLayer::name)->out;
        });
    };
    for (const InceptionLayer& layer : layers) {
        const std::string name(layer.name);
        make(name + ".conv.weight", {layer.out, channels(layer.input), layer.height, layer.width});
        for (const char* norm : {".bn.weight", ".bn.bias", ".bn.running_mean", ".bn.running_var"})
            make(name + norm, {layer.out});
    }
    make("fc.weight", {kClasses, channels("Mixed_7c")});
    make("fc.bias", {kClasses});
    return out;
}

/// Compares what the file has of one stage.
void compare_stage(const Reference& reference, Comparison& comparison, std::string_view stage,
                   const Tensor& x) {
    const std::string stem = fmt::format("stage.{}.", stage);
    const std::int64_t pictures = x.shape()[0], channels = x.cols(), places = x.rows() / pictures;
    if (reference.has(stem + "channel_mean")) {
        std::vector<double> mean(static_cast<std::size_t>(pictures * channels));
        for (std::int64_t i = 0; i < x.rows(); ++i)
            for (std::int64_t c = 0; c < channels; ++c)
                mean[static_cast<std::size_t>(i / places * channels + c)] +=
                    x.f32()[i * channels + c] / static_cast<double>(places);
        comparison.values(stem + "channel_mean", std::span<const double>(mean), kFeatureTolerance);
    }
    if (!reference.has(stem + "first_8")) return;
    std::vector<double> first;  // of the first channels, row by row
    for (std::int64_t b = 0; b < pictures; ++b)
        for (std::int64_t i = 0; i < kFirst; ++i)
            first.push_back(x.f32()[(b * places + i % places) * channels + i / places]);
    comparison.values(stem + "first_8", std::span<const double>(first), kFeatureTolerance);
}

}  // namespace

void verify_inception(const Reference& reference, Comparison& comparison, const Place& place) {
    Team& team = place.team;
    comparison.inputs({"image"});
    const Inception network(hashed_weights(reference), reference.name(), team, comparison.precision());
    (void)reference.words("order");
    const std::string input = reference.word("input", "(image-128)/128");
    check(input.starts_with("(image-128)/128"), "{}: input {} is not known, expected (image-128)/128",
          reference.name(), input);
    Pool pool;
    CpuDevice device(team);
    Context context{device, pool};
    context.precision = comparison.precision();
    const InceptionOutput got = network(
        context, network_input(reference.at("image")),
        [&](std::string_view stage, const Tensor& x) { compare_stage(reference, comparison, stage, x); });
    // Dropout does nothing outside of training.
    compare_stage(reference, comparison, "dropout",
                  got.features.reshaped({got.features.shape()[0], 1, 1, network.features()}));
    for (const auto& [name, tensor] : {std::pair<const char*, const Tensor*>{"features", &got.features},
                                       {"logits", &got.logits},
                                       {"logits_without_bias", &got.logits_without_bias}})
        if (reference.has(name)) comparison.values(name, tensor->floats(), kFeatureTolerance);
}

namespace {

/// One picture under one rule: by the op, and by the function that prepares pictures of files and of networks.
void compare_resized(const Reference& reference, Comparison& comparison, const std::string& stem,
                     const Tensor& picture, std::int64_t crop) {
    const std::int64_t side = picture.shape()[1], channels = picture.shape()[3];
    const auto at = [&](std::int64_t y, std::int64_t x, std::int64_t c) {
        return static_cast<double>(picture.f32()[(y * side + x) * channels + c]);
    };
    const auto part = [&](const char* name, std::int64_t from, std::int64_t to) {
        std::vector<double> got;
        for (std::int64_t y = from; y < to; ++y)
            for (std::int64_t x = from; x < to; ++x)
                for (std::int64_t c = 0; c < channels; ++c) got.push_back(at(y, x, c));
        if (reference.has(stem + name))
            comparison.values(stem + name, std::span<const double>(got), kTolerance);
    };
    part("full", 0, side);
    part("top_left", 0, kCorner);
    part("bottom_right", side - crop, side);
    for (const bool rows : {true, false}) {
        std::vector<double> mean(static_cast<std::size_t>(side * channels));
        for (std::int64_t y = 0; y < side; ++y)
            for (std::int64_t x = 0; x < side; ++x)
                for (std::int64_t c = 0; c < channels; ++c)
                    mean[static_cast<std::size_t>((rows ? y : x) * channels + c)] +=
                        at(y, x, c) / static_cast<double>(side);
        const std::string name = stem + (rows ? "row_mean" : "col_mean");
        if (reference.has(name)) comparison.values(name, std::span<const double>(mean), kTolerance);
    }
}

}  // namespace

void verify_resize299(const Reference& reference, Comparison& comparison, const Place& place) {
    Team& team = place.team;
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool};
    constexpr std::string_view tail = ".image";
    for (const auto& [name, bytes] : reference.tensors()) {
        if (!name.ends_with(tail)) continue;
        const std::string one = name.substr(0, name.size() - tail.size());
        comparison.input(name);
        const auto crop = static_cast<std::int64_t>(reference.setting("cases." + one + ".crop", 0));
        for (const auto& [word, rule, filter] :
             {std::tuple{"half_pixel", ResizeRule::half_pixel, ResizeFilter::half_pixel},
              {"tf1", ResizeRule::tf1, ResizeFilter::corner_pixel}}) {
            const std::string stem = one + "." + word + ".";
            constexpr std::int64_t side = Inception::kSide;
            compare_resized(reference, comparison, stem,
                            resize_bilinear(context, network_input(bytes), side, side, rule).value, crop);
            const Shape& shape = bytes.shape();
            std::vector<float> resized =
                resize_to_floats({static_cast<const std::uint8_t*>(bytes.raw()), static_cast<int>(shape[2]),
                                  static_cast<int>(shape[1]), static_cast<int>(shape[3])},
                                 side, side, filter);
            for (float& value : resized) value = (value - 128) / 128;
            compare_resized(reference, comparison, stem,
                            Tensor::view_of(resized.data(), {1, side, side, shape[3]}, DType::f32), crop);
        }
    }
}

}  // namespace mf::verify

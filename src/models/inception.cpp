// SPDX-License-Identifier: MIT
#include "models/inception.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "models/inception_layers.hpp"
#include "models/inception_weights.hpp"
#include "ops/average_pool.hpp"
#include "ops/linear.hpp"
#include "ops/max_pool.hpp"

namespace mf {
namespace {

/// Convolution, bias and max(., 0): all that the network is made of. `into`: as in ConvExtras.
Tensor conv_relu(const Context& context, const Inception::Layer& layer, const Tensor& x,
                 Tensor* into = nullptr, std::int64_t first_channel = 0) {
    return conv2d_still(
        context, x, *layer.weight, layer.bias, layer.geometry,
        {.transformed = layer.transformed, .relu = true, .into = into, .first_channel = first_channel});
}

/// Sizes (B, height, width) of what a layer makes of pictures of x's size.
Shape result_of(const Tensor& x, const Inception::Layer& layer) {
    const Shape &s = x.shape(), &k = layer.weight->shape;
    const ConvGeometry& g = layer.geometry;
    return {s[0], (s[1] + g.top + g.bottom - k[2]) / g.stride_y + 1,
            (s[2] + g.left + g.right - k[3]) / g.stride_x + 1};
}

/// Multiply-adds of one picture, times two.
double flops_of(const std::map<std::string, Inception::Layer, std::less<>>& network) {
    std::map<std::string_view, std::int64_t> sides = {{"image", Inception::kSide}};  // of what is read
    double sum = 0;
    for (const InceptionLayer& layer : inception_layers()) {
        const std::int64_t rows = (sides.at(layer.input) + 2 * layer.pad_y - layer.height) / layer.stride + 1;
        sum +=
            2.0 * static_cast<double>(rows * rows * network.find(layer.name)->second.weight->shape.count());
        const bool pooled = layer.name == "Conv2d_2b_3x3" || layer.name == "Conv2d_4a_3x3";
        sides[layer.name] = pooled ? (rows - 3) / 2 + 1 : rows;
        sides[layer.name.substr(0, layer.name.find('.'))] =
            sides[layer.name];  // the last layer of a block counts
    }
    return sum;
}

Tensor mean_over_places(const Context& context, const Tensor& x) {
    const Shape& s = x.shape();
    const std::int64_t places = s[1] * s[2], channels = s[3];
    Tensor out = context.make({s[0], channels});
    for (std::int64_t b = 0; b < s[0]; ++b) {
        float* const to = out.f32() + b * channels;
        std::fill_n(to, channels, 0.0F);
        for (std::int64_t i = 0; i < places; ++i) {
            const float* from = x.f32() + (b * places + i) * channels;
            for (std::int64_t c = 0; c < channels; ++c) to[c] += from[c];
        }
        for (std::int64_t c = 0; c < channels; ++c) to[c] /= static_cast<float>(places);
    }
    return out;
}

/// (B, places x kSpatialChannels): the first channels at every place.
Tensor first_channels(const Context& context, const Tensor& x) {
    constexpr std::int64_t kept = Inception::kSpatialChannels;
    const std::int64_t channels = x.cols(), rows = x.rows(), pictures = x.shape()[0];
    Tensor out = context.make({pictures, rows / pictures * kept});
    for (std::int64_t i = 0; i < rows; ++i) std::copy_n(x.f32() + i * channels, kept, out.f32() + i * kept);
    return out;
}

std::string_view block_of(std::string_view layer) { return layer.substr(0, layer.find('.')); }

}  // namespace

Inception::Inception(const std::map<std::string, Tensor>& weights, const std::string& place, Team& team,
                     Precision precision) {
    check_inception_weights(weights, place);
    const InceptionWeights folded(weights, place);
    for (const InceptionLayer& layer : inception_layers()) {
        const std::string name(layer.name);
        const Shape shape = folded.shape(name);
        Param& weight = params_.add_kernel(name + ".weight", shape);
        Param& bias = params_.add(name + ".bias", {shape[0]});
        layers_.emplace(name, Layer{&weight,
                                    &bias,
                                    {.stride_y = layer.stride,
                                     .stride_x = layer.stride,
                                     .top = layer.pad_y,
                                     .bottom = layer.pad_y,
                                     .left = layer.pad_x,
                                     .right = layer.pad_x},
                                    nullptr});
    }
    const Tensor &fc_weight = weights.at("fc.weight"), &fc_bias = weights.at("fc.bias");
    fc_weight_ = &params_.add("fc.weight", fc_weight.shape(), true);
    fc_bias_ = &params_.add("fc.bias", fc_bias.shape());
    classes_ = fc_weight.shape()[0];
    features_ = fc_weight.shape()[1];
    params_.freeze();
    for (auto& [name, layer] : layers_) {
        folded.write(name, *layer.weight, *layer.bias);
        layer.transformed = transform_kernel(team, *layer.weight, layer.geometry, precision);
    }
    flops_ = flops_of(layers_);
    fc_weight_->value.copy_from(fc_weight);
    fc_bias_->value.copy_from(fc_bias);
    params_.repack(team, precision);
}

bool Inception::recognises(const std::map<std::string, Tensor>& weights) {
    return weights.contains("Conv2d_1a_3x3.conv.weight") &&
           weights.contains("Mixed_7c.branch_pool.conv.weight");
}

bool Inception::is_published_size() const {
    return classes_ == 1008 && std::ranges::all_of(inception_layers(), [&](const InceptionLayer& layer) {
               return layers_.find(layer.name)->second.weight->shape[0] == layer.out;
           });
}

Tensor Inception::run_block(const Context& context, std::string_view block, const Tensor& x) const {
    const PoolGeometry halving{.kernel = 3, .stride = 2}, beside{.kernel = 3, .stride = 1, .padding = 1};
    const auto parts = inception_parts(block);
    // Where the parts begin in the result; each is written there at once.
    std::map<std::string_view, std::int64_t> begins;
    std::int64_t channels = 0;
    for (const std::string_view part : parts) {
        begins[part] = channels;
        channels += part == "pool" ? x.cols() : layers_.find(part)->second.weight->shape[0];
    }
    const Shape size = result_of(x, layers_.find(parts.front())->second);
    Tensor result = context.make({size[0], size[1], size[2], channels});
    if (begins.contains("pool"))
        context.device.copy_runs(result, {begins["pool"], channels}, max_pool(context, x, halving).value,
                                 {0, x.cols()}, size[0] * size[1] * size[2], x.cols());
    std::map<std::string_view, Tensor> done;
    for (const InceptionLayer& layer : inception_layers()) {
        if (block_of(layer.name) != block) continue;
        const auto before = done.find(layer.input);
        Tensor input = before == done.end() ? x : before->second;
        if (layer.name.ends_with(".branch_pool"))
            input =
                (block == "Mixed_7c" ? max_pool(context, x, beside) : average_pool(context, x, beside)).value;
        const auto part = begins.find(layer.name);
        if (part != begins.end())
            conv_relu(context, layers_.find(layer.name)->second, input, &result, part->second);
        else
            done[layer.name] = conv_relu(context, layers_.find(layer.name)->second, input);
    }
    return result;
}

InceptionOutput Inception::operator()(const Context& context, const Tensor& pictures,
                                      const Watch& watch) const {
    const Shape& shape = pictures.shape();
    check(shape.rank() == 4 && shape[1] == kSide && shape[2] == kSide && shape[3] == 3,
          "[inception] pictures must be (B, {}, {}, 3) but are {}", kSide, kSide, shape);
    const Context plain = context.untaped();
    const PoolGeometry halving{.kernel = 3, .stride = 2};
    const auto stage = [&](std::string_view name, const Tensor& x) {
        if (watch) watch(name, x);
    };
    InceptionOutput out;
    Tensor x = pictures;
    const auto layers = inception_layers();
    for (std::size_t at = 0; at < layers.size();) {
        const std::string_view block = block_of(layers[at].name);
        const auto parts = inception_parts(block);
        if (parts.empty()) {
            x = conv_relu(plain, layers_.find(block)->second, x);
            stage(block, x);
            ++at;
            if (block != "Conv2d_2b_3x3" && block != "Conv2d_4a_3x3") continue;
            x = max_pool(plain, x, halving).value;
            stage(block == "Conv2d_2b_3x3" ? "maxpool1" : "maxpool2", x);
            continue;
        }
        x = run_block(plain, block, x);
        while (at < layers.size() && block_of(layers[at].name) == block) ++at;
        if (block == "Mixed_6d") out.spatial = first_channels(plain, x);
        stage(block, x);
    }
    out.features = mean_over_places(plain, x);
    stage("avgpool", out.features.reshaped({shape[0], 1, 1, features_}));
    out.logits_without_bias = linear(plain, out.features, *fc_weight_, nullptr).value;
    out.logits = linear(plain, out.features, *fc_weight_, fc_bias_).value;
    return out;
}

}  // namespace mf

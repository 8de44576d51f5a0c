// SPDX-License-Identifier: MIT
#include "models/sd_vae.hpp"

#include <algorithm>
#include <cmath>

#include "ops/upsample_nearest.hpp"

namespace mf {
namespace {

/// What a prepared network reads.
const Tensor& still(const Context& context, const Dual& x) {
    check(context.tape == nullptr && x.tangent.empty(), "[vae] the network was prepared for inference");
    return x.value;
}

}  // namespace

SdVae::SdVae(const Config& config) : config_(config) {
    check(!config.channels.empty() && config.layers > 0, "[vae] no levels or no layers");
    for (const std::int64_t channels : config.channels)
        check(channels > 0 && channels % config.groups == 0, "[vae] {} channels make no {} groups", channels,
              config.groups);
    const std::int64_t z = config.latents;
    if (config.has_encoder) {
        encoder_ = add_encoder();
        if (config.has_quant) quant_ = ConvLayer::add(params_, "quant_conv", 2 * z, 2 * z, 1);
    }
    if (config.has_decoder) {
        if (config.has_quant) post_quant_ = ConvLayer::add(params_, "post_quant_conv", z, z, 1);
        decoder_ = add_decoder();
    }
    params_.freeze();
}

SdVae::Middle SdVae::add_middle(const std::string& name) {
    const std::int64_t c = config_.channels.back(), groups = config_.groups;
    std::optional<PixelAttention> attention;
    if (config_.has_attention) attention.emplace(params_, name + ".attentions.0", c, groups);
    return {ResnetBlock(params_, name + ".resnets.0", c, c, groups),
            ResnetBlock(params_, name + ".resnets.1", c, c, groups), attention};
}

SdVae::Half SdVae::add_encoder() {
    const std::vector<std::int64_t>& channels = config_.channels;
    const ConvLayer in = ConvLayer::same(params_, "encoder.conv_in", config_.pixels, channels[0], 3);
    std::vector<Level> levels(channels.size());
    std::int64_t c = channels[0];
    for (std::size_t i = 0; i < channels.size(); ++i) {
        const std::string name = fmt::format("encoder.down_blocks.{}", i);
        for (std::int64_t j = 0; j < config_.layers; ++j, c = channels[i])
            levels[i].resnets.emplace_back(params_, fmt::format("{}.resnets.{}", name, j), c, channels[i],
                                           config_.groups);
        if (i + 1 <
            channels.size())  // the step looks one row and one column beyond the picture, below and right
            levels[i].step =
                ConvLayer::add(params_, name + ".downsamplers.0.conv", c, c, 3, {2, 2, 0, 1, 0, 1});
    }
    Middle middle = add_middle("encoder.mid_block");
    return {in, std::move(levels), std::move(middle),
            GroupNormLayer::add(params_, "encoder.conv_norm_out", c, config_.groups),
            ConvLayer::same(params_, "encoder.conv_out", c, 2 * config_.latents, 3)};
}

SdVae::Half SdVae::add_decoder() {
    const std::vector<std::int64_t> channels(config_.channels.rbegin(), config_.channels.rend());
    std::int64_t c = channels[0];
    const ConvLayer in = ConvLayer::same(params_, "decoder.conv_in", config_.latents, c, 3);
    Middle middle = add_middle("decoder.mid_block");
    std::vector<Level> levels(channels.size());
    for (std::size_t i = 0; i < channels.size(); ++i) {
        const std::string name = fmt::format("decoder.up_blocks.{}", i);
        for (std::int64_t j = 0; j <= config_.layers; ++j, c = channels[i])
            levels[i].resnets.emplace_back(params_, fmt::format("{}.resnets.{}", name, j), c, channels[i],
                                           config_.groups);
        if (i + 1 < channels.size())
            levels[i].step = ConvLayer::same(params_, name + ".upsamplers.0.conv", c, c, 3);
    }
    return {in, std::move(levels), std::move(middle),
            GroupNormLayer::add(params_, "decoder.conv_norm_out", c, config_.groups),
            ConvLayer::same(params_, "decoder.conv_out", c, config_.pixels, 3)};
}

Dual SdVae::through_middle(const Context& context, const Middle& middle, Dual x) const {
    x = middle.first(context, x);
    if (middle.attention) x = (*middle.attention)(context, x);
    return middle.second(context, x);
}

Dual SdVae::moments(const Context& context, const Dual& picture) const {
    check(encoder_.has_value(), "[vae] these weights have no encoder");
    const Shape& shape = picture.value.shape();
    check(shape.rank() == 4 && shape[3] == config_.pixels && shape[1] % config_.factor() == 0 &&
              shape[2] % config_.factor() == 0 && shape[1] > 0 && shape[2] > 0,
          "[vae] pictures must be (B, H, W, {}), H and W multiples of {}, but are {}", config_.pixels,
          config_.factor(), shape);
    if (prepared_) return still_moments(context, still(context, picture));
    Dual x = encoder_->in(context, picture);
    for (const Level& level : encoder_->levels) {
        for (const ResnetBlock& resnet : level.resnets) x = resnet(context, x);
        if (level.step) x = (*level.step)(context, x);
    }
    x = through_middle(context, encoder_->middle, std::move(x));
    x = encoder_->out(context, encoder_->norm(context, x, true));
    return quant_ ? (*quant_)(context, x) : x;
}

Dual SdVae::decode_middle(const Context& context, const Dual& latent) const {
    check(decoder_.has_value(), "[vae] these weights have no decoder");
    const Shape& shape = latent.value.shape();
    check(shape.rank() == 4 && shape[3] == config_.latents, "[vae] latents must be (B, h, w, {}) but are {}",
          config_.latents, shape);
    if (prepared_) {
        const Tensor z = still(context, latent);
        Tensor x = decoder_->in.still(context, post_quant_ ? post_quant_->still(context, z) : z);
        return still_middle(context, decoder_->middle, std::move(x));
    }
    Dual x = decoder_->in(context, post_quant_ ? (*post_quant_)(context, latent) : latent);
    return through_middle(context, decoder_->middle, std::move(x));
}

Dual SdVae::decode_level(const Context& context, std::size_t i, Dual x, NormBook* book) const {
    const Level& level = decoder_->levels[i];
    if (prepared_) {
        Tensor y = still(context, x);
        x = {};
        for (const ResnetBlock& resnet : level.resnets) y = resnet.still(context, y, book);
        return level.step ? level.step->enlarged(context, y) : y;
    }
    for (const ResnetBlock& resnet : level.resnets) x = resnet(context, x, book);
    if (!level.step) return x;
    x = upsample_nearest(context, x);
    return (*level.step)(context, x);
}

Dual SdVae::decode_end(const Context& context, Dual x, NormBook* book) const {
    x = decoder_->norm(context, x, true, book);
    return prepared_ ? Dual(decoder_->out.still(context, x.value)) : decoder_->out(context, x);
}

Dual SdVae::decode(const Context& context, const Dual& latent) const {
    Dual x = decode_middle(context, latent);
    for (std::size_t i = 0; i < decoder_->levels.size(); ++i) x = decode_level(context, i, std::move(x));
    return decode_end(context, std::move(x));
}

void SdVae::prepare(Team& team, Precision precision) {
    for (auto* half : {&encoder_, &decoder_}) {
        if (!*half) continue;
        (*half)->in.prepare(team, precision);
        (*half)->out.prepare(team, precision);
        (*half)->middle.first.prepare(team, precision);
        (*half)->middle.second.prepare(team, precision);
        for (Level& level : (*half)->levels) {
            for (ResnetBlock& resnet : level.resnets) resnet.prepare(team, precision);
            if (level.step) level.step->prepare(team, precision, half == &decoder_);
        }
    }
    params_.repack(team, precision);
    prepared_ = true;
}

Tensor SdVae::still_middle(const Context& context, const Middle& middle, Tensor x) const {
    x = middle.first.still(context, x);
    if (middle.attention) x = (*middle.attention)(context, x).value;
    return middle.second.still(context, x);
}

Tensor SdVae::still_moments(const Context& context, const Tensor& picture) const {
    Tensor x = encoder_->in.still(context, picture);
    for (const Level& level : encoder_->levels) {
        for (const ResnetBlock& resnet : level.resnets) x = resnet.still(context, x);
        if (level.step) x = level.step->still(context, x);
    }
    x = still_middle(context, encoder_->middle, std::move(x));
    x = encoder_->out.still(context, encoder_->norm(context, x, true).value);
    return quant_ ? quant_->still(context, x) : x;
}

double SdVae::half_flops(const Half& half, double pixels, bool up) const {
    // `pixels` of the lowest level; the encoder is counted from there upwards as well.
    double sum = (half.middle.first.flops() + half.middle.second.flops()) * pixels;
    if (half.middle.attention) sum += half.middle.attention->flops(pixels);
    const std::size_t levels = half.levels.size();
    for (std::size_t k = 0; k < levels; ++k, pixels *= 4) {
        const Level& level = half.levels[up ? k : levels - 1 - k];
        for (const ResnetBlock& resnet : level.resnets) sum += resnet.flops() * pixels;
        if (level.step) sum += level.step->flops() * pixels * (up ? 4 : 0.25);
        if (k == 0) sum += (up ? half.in : half.out).flops() * pixels;
        if (k + 1 == levels) sum += (up ? half.out : half.in).flops() * pixels;
    }
    return sum;
}

double SdVae::decode_flops(std::int64_t height, std::int64_t width) const {
    const auto pixels = static_cast<double>(height * width);
    return half_flops(*decoder_, pixels, true) + (post_quant_ ? post_quant_->flops() * pixels : 0.0);
}

double SdVae::encode_flops(std::int64_t height, std::int64_t width) const {
    const auto pixels = static_cast<double>(height * width);
    return half_flops(*encoder_, pixels, false) + (quant_ ? quant_->flops() * pixels : 0.0);
}

SdVae::Config SdVae::detect(const std::vector<std::pair<std::string, Shape>>& weights, std::int64_t groups) {
    const auto shape_of = [&](const std::string& name) {
        const auto found = std::ranges::find(weights, name, &std::pair<std::string, Shape>::first);
        return found == weights.end() ? Shape{} : found->second;
    };
    const auto kernel_of = [&](const std::string& name) {
        const Shape shape = shape_of(name + ".weight");
        check(shape.rank() == 4, "[vae] {}.weight must be a kernel (out, in, rows, columns) but is {}", name,
              shape);
        return shape;
    };
    Config c{.groups = groups};
    c.has_encoder = shape_of("encoder.conv_in.weight").rank() > 0;
    c.has_decoder = shape_of("decoder.conv_in.weight").rank() > 0;
    check(c.has_encoder || c.has_decoder,
          "[vae] the weights have neither encoder.conv_in nor decoder.conv_in");
    const std::string half = c.has_decoder ? "decoder.up_blocks" : "encoder.down_blocks";
    const auto resnet = [&](std::size_t level, std::int64_t layer) {
        return fmt::format("{}.{}.resnets.{}.conv1", half, level, layer);
    };
    c.channels.clear();
    while (shape_of(resnet(c.channels.size(), 0) + ".weight").rank() > 0)
        c.channels.push_back(kernel_of(resnet(c.channels.size(), 0))[0]);
    check(!c.channels.empty() && c.channels.size() < 16, "[vae] the weights have {} levels called {}",
          c.channels.size(), half);
    c.layers = 0;
    while (shape_of(resnet(0, c.layers) + ".weight").rank() > 0) ++c.layers;
    if (c.has_decoder) {
        std::ranges::reverse(c.channels);
        --c.layers;
        check(c.layers > 0, "[vae] {}.0 has a single resnet", half);
        c.latents = kernel_of("decoder.conv_in")[1], c.pixels = kernel_of("decoder.conv_out")[0];
    } else {
        c.latents = kernel_of("encoder.conv_out")[0] / 2, c.pixels = kernel_of("encoder.conv_in")[1];
    }
    c.has_quant = shape_of(c.has_decoder ? "post_quant_conv.weight" : "quant_conv.weight").rank() > 0;
    const std::string middle = c.has_decoder ? "decoder.mid_block" : "encoder.mid_block";
    c.has_attention = shape_of(middle + ".attentions.0.group_norm.weight").rank() > 0;
    return c;
}

Tensor mean_and_std(const Tensor& moments) {
    Tensor out(moments.shape(), DType::f32);
    const std::int64_t c = moments.cols() / 2;
    for (std::int64_t i = 0; i < moments.count(); ++i) {
        const float x = moments.f32()[i];
        out.f32()[i] = i % (2 * c) < c ? x : std::exp(0.5F * std::clamp(x, -30.0F, 20.0F));
    }
    return out;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
// The autoencoder once more, in double precision and plain loops: one picture (H, W, C), weights by their names.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "models/sd_vae.hpp"

namespace mf::test {

struct DoublePicture {
    std::int64_t height, width, c;
    std::vector<double> x;
    double& at(std::int64_t i, std::int64_t j, std::int64_t k) {
        return x[static_cast<std::size_t>((i * width + j) * c + k)];
    }
    double read(std::int64_t i, std::int64_t j, std::int64_t k) const {
        if (i < 0 || j < 0 || i >= height || j >= width) return 0;
        return x[static_cast<std::size_t>((i * width + j) * c + k)];
    }
};

inline DoublePicture empty_picture(std::int64_t height, std::int64_t width, std::int64_t c) {
    return {height, width, c, std::vector<double>(static_cast<std::size_t>(height * width * c))};
}

class VaeReference {
  public:
    explicit VaeReference(const SdVae& vae) : vae_(vae) {}

    DoublePicture moments(DoublePicture x) const {
        const SdVae::Config& c = vae_.config();
        x = conv("encoder.conv_in", x);
        for (std::size_t i = 0; i < c.channels.size(); ++i) {
            const std::string level = "encoder.down_blocks." + std::to_string(i);
            for (std::int64_t j = 0; j < c.layers; ++j)
                x = resnet(level + ".resnets." + std::to_string(j), x);
            if (i + 1 < c.channels.size()) x = conv(level + ".downsamplers.0.conv", x, 2, 0);
        }
        x = middle("encoder.mid_block", x);
        return conv("quant_conv", conv("encoder.conv_out", norm("encoder.conv_norm_out", x, true)));
    }
    DoublePicture decode(DoublePicture x) const {
        const SdVae::Config& c = vae_.config();
        x = middle("decoder.mid_block", conv("decoder.conv_in", conv("post_quant_conv", x)));
        for (std::size_t i = 0; i < c.channels.size(); ++i) {
            const std::string level = "decoder.up_blocks." + std::to_string(i);
            for (std::int64_t j = 0; j <= c.layers; ++j)
                x = resnet(level + ".resnets." + std::to_string(j), x);
            if (i + 1 < c.channels.size()) x = conv(level + ".upsamplers.0.conv", twice(x));
        }
        return conv("decoder.conv_out", norm("decoder.conv_norm_out", x, true));
    }

  private:
    const Param& param(const std::string& name) const {
        for (const Param& one : vae_.params().all())
            if (one.name == name) return one;
        throw Error("no parameter " + name);
    }
    static double number(const Param& p, std::int64_t i) { return p.value.f32()[i]; }

    /// Padding as wide as keeps the size; with steps of two, one row and column below and right only.
    DoublePicture conv(const std::string& name, const DoublePicture& x, std::int64_t step = 1,
                       std::int64_t before = -1) const {
        const Param &w = param(name + ".weight"), &b = param(name + ".bias");
        const std::int64_t k = w.shape[2], shift = before < 0 ? k / 2 : before;
        DoublePicture y = empty_picture(x.height / step, x.width / step, w.shape[0]);
        for (std::int64_t i = 0; i < y.height; ++i)
            for (std::int64_t j = 0; j < y.width; ++j)
                for (std::int64_t o = 0; o < y.c; ++o) {
                    double sum = number(b, o);
                    for (std::int64_t c = 0; c < x.c; ++c)
                        for (std::int64_t u = 0; u < k; ++u)
                            for (std::int64_t v = 0; v < k; ++v)
                                sum += number(w, ((o * x.c + c) * k + u) * k + v) *
                                       x.read(i * step + u - shift, j * step + v - shift, c);
                    y.at(i, j, o) = sum;
                }
        return y;
    }
    DoublePicture norm(const std::string& name, DoublePicture x, bool silu) const {
        const Param &g = param(name + ".weight"), &b = param(name + ".bias");
        const std::int64_t groups = vae_.config().groups, members = x.c / groups;
        for (std::int64_t group = 0; group < groups; ++group) {
            double mean = 0, variance = 0;
            const double count = static_cast<double>(x.height * x.width * members);
            const auto over = [&](const std::function<void(double&, std::int64_t)>& visit) {
                for (std::int64_t i = 0; i < x.height; ++i)
                    for (std::int64_t j = 0; j < x.width; ++j)
                        for (std::int64_t k = group * members; k < (group + 1) * members; ++k)
                            visit(x.at(i, j, k), k);
            };
            over([&](double& v, std::int64_t) { mean += v / count; });
            over([&](double& v, std::int64_t) { variance += (v - mean) * (v - mean) / count; });
            over([&](double& v, std::int64_t k) {
                v = (v - mean) / std::sqrt(variance + 1e-6) * number(g, k) + number(b, k);
                if (silu) v = v / (1 + std::exp(-v));
            });
        }
        return x;
    }
    DoublePicture resnet(const std::string& name, const DoublePicture& x) const {
        DoublePicture h = conv(name + ".conv1", norm(name + ".norm1", x, true));
        h = conv(name + ".conv2", norm(name + ".norm2", h, true));
        const DoublePicture same = h.c == x.c ? x : conv(name + ".conv_shortcut", x);
        for (std::size_t i = 0; i < h.x.size(); ++i) h.x[i] += same.x[i];
        return h;
    }
    DoublePicture linear(const std::string& name, const DoublePicture& x) const {
        const Param &w = param(name + ".weight"), &b = param(name + ".bias");
        DoublePicture y = x;
        for (std::int64_t i = 0; i < x.height; ++i)
            for (std::int64_t j = 0; j < x.width; ++j)
                for (std::int64_t o = 0; o < x.c; ++o) {
                    y.at(i, j, o) = number(b, o);
                    for (std::int64_t c = 0; c < x.c; ++c)
                        y.at(i, j, o) += number(w, o * x.c + c) * x.read(i, j, c);
                }
        return y;
    }
    DoublePicture middle(const std::string& name, DoublePicture x) const {
        x = resnet(name + ".resnets.0", x);
        const std::string a = name + ".attentions.0";
        const DoublePicture n = norm(a + ".group_norm", x, false), q = linear(a + ".to_q", n),
                            k = linear(a + ".to_k", n), v = linear(a + ".to_v", n);
        DoublePicture mixed = empty_picture(x.height, x.width, x.c);
        const std::int64_t pixels = x.height * x.width;
        const auto channel = [&](const DoublePicture& p, std::int64_t pixel, std::int64_t c) {
            return p.x[static_cast<std::size_t>(pixel * p.c + c)];
        };
        for (std::int64_t i = 0; i < pixels; ++i) {
            std::vector<double> weight(static_cast<std::size_t>(pixels));
            double sum = 0;
            for (std::int64_t j = 0; j < pixels; ++j) {
                double score = 0;
                for (std::int64_t c = 0; c < x.c; ++c) score += channel(q, i, c) * channel(k, j, c);
                sum += weight[static_cast<std::size_t>(j)] =
                    std::exp(score / std::sqrt(static_cast<double>(x.c)));
            }
            for (std::int64_t j = 0; j < pixels; ++j)
                for (std::int64_t c = 0; c < x.c; ++c)
                    mixed.x[static_cast<std::size_t>(i * x.c + c)] +=
                        weight[static_cast<std::size_t>(j)] / sum * channel(v, j, c);
        }
        const DoublePicture out = linear(a + ".to_out.0", mixed);
        for (std::size_t i = 0; i < x.x.size(); ++i) x.x[i] += out.x[i];
        return resnet(name + ".resnets.1", x);
    }
    static DoublePicture twice(const DoublePicture& x) {
        DoublePicture y = empty_picture(2 * x.height, 2 * x.width, x.c);
        for (std::int64_t i = 0; i < y.height; ++i)
            for (std::int64_t j = 0; j < y.width; ++j)
                for (std::int64_t c = 0; c < y.c; ++c) y.at(i, j, c) = x.read(i / 2, j / 2, c);
        return y;
    }

    const SdVae& vae_;
};

}  // namespace mf::test

// SPDX-License-Identifier: MIT
#include "nn/conv_layers.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace mf {

ConvLayer ConvLayer::add(ParamStore& params, const std::string& name, std::int64_t in, std::int64_t out,
                         std::int64_t kernel, const ConvGeometry& geometry) {
    Param& weight = params.add_kernel(name + ".weight", {out, in, kernel, kernel});
    return {&weight, &params.add(name + ".bias", {out}), geometry};
}

ConvLayer ConvLayer::same(ParamStore& params, const std::string& name, std::int64_t in, std::int64_t out,
                          std::int64_t kernel) {
    const int around = static_cast<int>(kernel / 2);
    return add(params, name, in, out, kernel, {1, 1, around, around, around, around});
}

void ConvLayer::prepare(Team& team, Precision precision, bool upsampling) {
    transformed = upsampling ? transform_kernel(team, *weight, cpu::WinogradForm::enlarged3, precision)
                             : transform_kernel(team, *weight, geometry, precision);
}

GroupNormLayer GroupNormLayer::add(ParamStore& params, const std::string& name, std::int64_t channels,
                                   std::int64_t groups) {
    Param& weight = params.add(name + ".weight", {channels});
    return {&weight, &params.add(name + ".bias", {channels}), static_cast<int>(groups)};
}

Dual GroupNormLayer::operator()(const Context& context, const Dual& x, bool silu, NormBook* book) const {
    if (book == nullptr) return group_norm(context, x, *weight, *bias, groups, eps, silu);
    return group_norm_by(context, x.value, *weight, *bias, book->next(context, x.value, groups, eps), silu);
}

void NormBook::begin_part(std::int64_t height, std::int64_t y0, std::int64_t y1, std::int64_t x0,
                          std::int64_t x1) {
    height_ = height, y0_ = y0, y1_ = y1, x0_ = x0, x1_ = x1;
    norm_ = 0;
}

double NormBook::end_round() {
    double change = known_.empty() ? std::numeric_limits<double>::infinity() : 0;
    for (std::size_t k = 0; k < known_.size(); ++k)
        for (std::size_t j = 0; j < known_[k].mean.size(); ++j) {
            const auto [old_mean, old_deviation] = known_[k].statistics(j);
            const auto [mean, deviation] = found_[k].statistics(j);
            if (deviation > 0)
                change = std::max(
                    {change, std::abs(mean - old_mean) / deviation, std::abs(old_deviation / deviation - 1)});
        }
    known_ = std::exchange(found_, {});
    return change;
}

std::pair<double, double> NormBook::Sums::statistics(std::size_t channel) const {
    const double m = mean[channel] / count;
    return {m, std::sqrt(std::max(square[channel] / count - m * m, 0.0))};
}

GroupStatistics NormBook::next(const Context& context, const Tensor& x, int groups, float eps) {
    const std::int64_t scale = x.shape()[1] / height_, c = x.cols(), width = (x1_ - x0_) * scale;
    Tensor own = context.make({1, (y1_ - y0_) * scale, width, c}, x.dtype());
    const std::int64_t row = width * c * static_cast<std::int64_t>(size_of(x.dtype()));
    for (std::int64_t i = 0; i < own.shape()[1]; ++i) {
        const Tensor from = x.row_range((y0_ * scale + i) * x.shape()[2] + x0_ * scale, x.rows());
        std::memcpy(static_cast<std::byte*>(own.raw()) + i * row, from.raw(), static_cast<std::size_t>(row));
    }
    GroupStatistics out = group_statistics(context, own, groups, eps);
    if (norm_ == found_.size()) found_.emplace_back();
    Sums& sums = found_[norm_];
    sums.mean.resize(static_cast<std::size_t>(c));
    sums.square.resize(static_cast<std::size_t>(c));
    const auto pixels = static_cast<double>(own.rows());
    sums.count += pixels;
    for (std::size_t j = 0; j < sums.mean.size(); ++j) {
        const double mean = out.mean.f32()[j], s = out.s.f32()[j];
        sums.mean[j] += pixels * mean;
        sums.square[j] += pixels * (1 / (s * s) - static_cast<double>(eps) + mean * mean);
    }
    if (norm_ < known_.size()) {
        const Sums& all = known_[norm_];
        for (std::size_t j = 0; j < all.mean.size(); ++j) {
            const auto [mean, deviation] = all.statistics(j);
            out.mean.f32()[j] = static_cast<float>(mean);
            out.s.f32()[j] =
                static_cast<float>(1 / std::sqrt(deviation * deviation + static_cast<double>(eps)));
        }
    }
    ++norm_;
    return out;
}

}  // namespace mf

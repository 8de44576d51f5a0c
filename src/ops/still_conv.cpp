// SPDX-License-Identifier: MIT
#include "ops/still_conv.hpp"

#include "ops/conv_size.hpp"
#include "ops/cpu/narrow_conv.hpp"
#include "ops/upsample_nearest.hpp"

namespace mf {
namespace {

/// Where the result goes: channels of `into`, or a new tensor.
Tensor target_of(const Context& context, std::int64_t batch, const ConvSize& size, const ConvExtras& extras) {
    const Shape own{batch, size.out_height, size.out_width, size.out};
    check(extras.residual == nullptr || (extras.into == nullptr && extras.residual->shape() == own),
          "[conv2d] what is added must have the result's shape {}", own);
    if (extras.into == nullptr) return context.make(own);
    const Shape& s = extras.into->shape();
    check(s.rank() == 4 && s[0] == batch && s[1] == size.out_height && s[2] == size.out_width &&
              extras.first_channel >= 0 && extras.first_channel + size.out <= s[3],
          "[conv2d] a result {} cannot go to channel {} of {}", own, extras.first_channel, s);
    return *extras.into;
}

View bias_of(const Param* b) { return b != nullptr ? View(b->value) : View(); }

}  // namespace

TransformedKernel transform_kernel(Team& team, Param& w, cpu::WinogradForm form, Precision precision) {
    // Products of bf16 are twice as fast, so a form in f32 has to leave out more than half of them. Where there are few
    // channels, the transforms cost more than they save.
    constexpr std::int64_t kLeast = 16;
    const double least = precision == Precision::bf16 ? 2.5 : 1;
    if (cpu::saving(form) < least || w.shape[0] < kLeast || w.shape[1] < kLeast) return nullptr;
    Tensor value = w.value;
    if (value.dtype() != DType::f32) {
        value = Tensor(w.shape, DType::f32);
        value.copy_from(w.value);
    }
    w.is_matrix = w.is_kernel = false;
    w.prepared = nullptr;
    return std::make_shared<cpu::WinogradWeights>(
        cpu::winograd_weights(team, form, value.f32(), w.shape[0], w.shape[1]));
}

TransformedKernel transform_kernel(Team& team, Param& w, const ConvGeometry& geometry, Precision precision) {
    const auto form = cpu::winograd_form(w.shape[2], w.shape[3]);
    if (!form || geometry.stride_y != 1 || geometry.stride_x != 1) return nullptr;
    return transform_kernel(team, w, *form, precision);
}

Tensor conv2d_still(const Context& context, const Tensor& x, const Param& w, const Param* b,
                    const ConvGeometry& geometry, const ConvExtras& extras) {
    const ConvSize size = size_of_conv(x, w, b, geometry);
    Tensor y = target_of(context, x.shape()[0], size, extras);
    check(extras.transformed == nullptr || (size.stride_y == 1 && size.stride_x == 1 &&
                                            extras.transformed->form != cpu::WinogradForm::enlarged3),
          "[conv2d] {} is kept transformed for another convolution than this", w.name);
    check(extras.transformed != nullptr || w.prepared != nullptr || cpu::serves_narrow(size),
          "[conv2d] {} is not packed; call ParamStore::repack", w.name);
    context.device.convolve_still({.pictures = x.shape()[0],
                                   .size = size,
                                   .x = x,
                                   .y = y,
                                   .bias = bias_of(b),
                                   .residual = extras.residual != nullptr ? View(*extras.residual) : View(),
                                   .relu = extras.relu,
                                   .first_channel = extras.first_channel},
                                  w.weight(), extras.transformed.get(), context.pool);
    return y;
}

Tensor upsample_conv_still(const Context& context, const Tensor& x, const Param& w, const Param* b,
                           const TransformedKernel& transformed) {
    constexpr ConvGeometry around{.top = 1, .bottom = 1, .left = 1, .right = 1};
    if (transformed == nullptr || transformed->form != cpu::WinogradForm::enlarged3)
        return conv2d_still(context, upsample_nearest(context, x).value, w, b, around,
                            {.transformed = transformed});
    ConvSize size = size_of_conv(x, w, b, around);
    size.out_height *= 2, size.out_width *= 2;
    Tensor y = context.make({x.shape()[0], size.out_height, size.out_width, w.shape[0]});
    context.device.convolve_still(
        {.pictures = x.shape()[0], .size = size, .x = x, .y = y, .bias = bias_of(b), .residual = {}},
        w.weight(), transformed.get(), context.pool);
    return y;
}

}  // namespace mf

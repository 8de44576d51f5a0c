// SPDX-License-Identifier: MIT
#include "ops/still_conv.hpp"

#include "ops/conv_size.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/narrow_conv.hpp"
#include "ops/cpu/pixel_product.hpp"
#include "ops/cpu/prepared.hpp"
#include "ops/upsample_nearest.hpp"

namespace mf {
namespace {

cpu::PictureOut picture_out(Tensor& y) {
    const Shape& s = y.shape();
    return {y.f32(), {s[0], s[1], s[2], s[3], s[3]}};
}

/// Channels [first, first + out) of `into`, or a new tensor that `fresh` keeps.
cpu::PictureOut target_of(const Context& context, std::int64_t batch, const cpu::ConvSize& size,
                          const ConvExtras& extras, Tensor& fresh) {
    const Shape own{batch, size.out_height, size.out_width, size.out};
    check(extras.residual == nullptr || (extras.into == nullptr && extras.residual->shape() == own),
          "[conv2d] what is added must have the result's shape {}", own);
    if (extras.into == nullptr) {
        fresh = context.make(own);
        return picture_out(fresh);
    }
    const Shape& s = extras.into->shape();
    check(s.rank() == 4 && s[0] == batch && s[1] == size.out_height && s[2] == size.out_width &&
              extras.first_channel >= 0 && extras.first_channel + size.out <= s[3],
          "[conv2d] a result {} cannot go to channel {} of {}", own, extras.first_channel, s);
    cpu::PictureOut out = picture_out(*extras.into);
    out.data += extras.first_channel;
    out.shape.channels = size.out;
    return out;
}

const float* bias_of(const Param* b) { return b != nullptr ? b->value.f32() : nullptr; }

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
    const cpu::ConvSize size = size_of_conv(x, w, b, geometry);
    Tensor fresh;
    const cpu::PictureOut y = target_of(context, x.shape()[0], size, extras, fresh);
    const cpu::ConvFinish finish{bias_of(b), extras.residual != nullptr ? extras.residual->f32() : nullptr,
                                 extras.relu};
    if (extras.transformed != nullptr) {
        check(size.stride_y == 1 && size.stride_x == 1 &&
                  extras.transformed->form != cpu::WinogradForm::enlarged3,
              "[conv2d] {} is kept transformed for another convolution than this", w.name);
        cpu::winograd(cpu::team_of(context.device), context.pool, x, *extras.transformed, size.top, size.left,
                      y, finish);
    } else if (cpu::serves_narrow(size)) {
        cpu::convolve_narrow(cpu::team_of(context.device), context.pool, x, y, size, w.value, finish);
    } else {
        check(w.prepared != nullptr, "[conv2d] {} is not packed; call ParamStore::repack", w.name);
        if (size.is_linear())
            cpu::multiply_pixels(cpu::team_of(context.device), context.pool, x,
                                 cpu::panels_of(w.prepared.get()), y, finish);
        else
            cpu::convolve(cpu::team_of(context.device), context.pool, x, y, size,
                          cpu::panels_of(w.prepared.get()), finish);
    }
    return extras.into == nullptr ? fresh : *extras.into;
}

Tensor upsample_conv_still(const Context& context, const Tensor& x, const Param& w, const Param* b,
                           const TransformedKernel& transformed) {
    constexpr ConvGeometry around{.top = 1, .bottom = 1, .left = 1, .right = 1};
    if (transformed == nullptr || transformed->form != cpu::WinogradForm::enlarged3)
        return conv2d_still(context, upsample_nearest(context, x).value, w, b, around,
                            {.transformed = transformed});
    size_of_conv(x, w, b, around);
    const Shape& s = x.shape();
    Tensor y = context.make({s[0], 2 * s[1], 2 * s[2], w.shape[0]});
    cpu::winograd(cpu::team_of(context.device), context.pool, x, *transformed, 1, 1, picture_out(y),
                  {.bias = bias_of(b)});
    return y;
}

}  // namespace mf

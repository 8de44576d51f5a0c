// SPDX-License-Identifier: MIT
#include "ops/cpu/conv.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/narrow_conv.hpp"
#include "ops/cpu/pixel_product.hpp"
#include "ops/cpu/prepared.hpp"
#include "ops/cpu/tensor_of.hpp"
#include "ops/cpu/winograd.hpp"

namespace mf {
namespace {

Tensor pictures_in(const ConvPass& pass) {
    return cpu::pictures_of(pass.x, pass.pictures, pass.size.height, pass.size.width);
}

cpu::PictureOut pictures_out(const ConvPass& pass) {
    const ConvSize& s = pass.size;
    return {pass.y.f32() + pass.first_channel,
            {pass.pictures, s.out_height, s.out_width, s.out, pass.y.cols}};
}

}  // namespace

void CpuDevice::convolve(const ConvPass& pass, const Weight& w, Pool& scratch) {
    cpu::convolve(team_, scratch_of(scratch), pictures_in(pass), pictures_out(pass), pass.size,
                  cpu::panels_of(w.prepared), {pass.bias.f32(), pass.residual.f32(), pass.relu});
}

void CpuDevice::convolve_still(const ConvPass& pass, const Weight& w, const PreparedWeight* transformed,
                               Pool& scratch) {
    const Tensor x = pictures_in(pass);
    const cpu::PictureOut y = pictures_out(pass);
    const cpu::ConvFinish finish{pass.bias.f32(), pass.residual.f32(), pass.relu};
    Pool& pool = scratch_of(scratch);
    const ConvSize& s = pass.size;
    if (transformed != nullptr) {
        cpu::winograd(team_, pool, x, static_cast<const cpu::WinogradWeights&>(*transformed), s.top, s.left,
                      y, finish);
    } else if (cpu::serves_narrow(s)) {
        const Tensor value = cpu::tensor_of(w.value).reshaped({s.out, s.in, s.kernel_rows, s.kernel_cols});
        cpu::convolve_narrow(team_, pool, x, y, s, value, finish);
    } else if (s.is_linear()) {
        cpu::multiply_pixels(team_, pool, x, cpu::panels_of(w.prepared), y, finish);
    } else {
        cpu::convolve(team_, pool, x, y, s, cpu::panels_of(w.prepared), finish);
    }
}

void CpuDevice::convolve_adjoint(Into dx, View dy, std::int64_t pictures, const ConvSize& s, const Weight& w,
                                 Pool& scratch) {
    Tensor to = cpu::pictures_of(dx, pictures, s.height, s.width);
    cpu::convolve_back(team_, scratch_of(scratch), cpu::pictures_of(dy, pictures, s.out_height, s.out_width),
                       to, s, w.value.f32(), w.factors());
}

void CpuDevice::kernel_gradient(Into dw, View dy, View x, std::int64_t pictures, const ConvSize& s,
                                Pool& scratch) {
    cpu::accumulate_kernel(team_, scratch_of(scratch), dw.f32(),
                           cpu::pictures_of(dy, pictures, s.out_height, s.out_width),
                           cpu::pictures_of(x, pictures, s.height, s.width), s);
}

}  // namespace mf

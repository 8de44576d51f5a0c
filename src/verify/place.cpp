// SPDX-License-Identifier: MIT
#include "verify/place.hpp"

namespace mf::verify {

void Place::settle(ParamStore& params, Precision precision) const {
    params.move_to(device);
    params.repack(device, precision);
}

Tensor Place::on_host(const Tensor& x) const {
    if (!x.hidden()) return x;
    Tensor out(x.shape(), x.dtype());
    device.download(out.raw(), View(x).data, x.bytes());
    return out;
}

std::vector<float> Place::gradient(Gradients& gradients, const Param& param) const {
    std::vector<float> out(static_cast<std::size_t>(param.shape.count()));
    device.download(out.data(), gradients.into(param).data, out.size() * sizeof(float));
    return out;
}

Draws Place::draws(const Context& context, Draws host) const {
    host.host_t = host.t;
    for (Tensor* each : {&host.x, &host.e, &host.r, &host.t, &host.references})
        *each = context.on_device(*each);
    return host;
}

}  // namespace mf::verify

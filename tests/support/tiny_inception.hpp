// SPDX-License-Identifier: MIT
// Weights of the FID network with few channels, for tests.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "models/inception_layers.hpp"
#include "verify/weights.hpp"

namespace mf::test {

/// Every tensor under its public name, hash-made; layers have a sixteenth of their channels, 8 at least.
inline std::map<std::string, Tensor> tiny_inception(const std::string& prefix = "tiny.") {
    const auto narrow = [](std::string_view name) {
        const auto layers = inception_layers();
        const auto found = std::ranges::find(layers, name, &InceptionLayer::name);
        return std::max<std::int64_t>(8, found->out / 16);
    };
    std::map<std::string, Tensor> out;
    const auto make = [&](const std::string& name, const Shape& shape) {
        out[name] = verify::hashed_tensor(prefix + name, shape, 1.7);
    };
    for (const InceptionLayer& layer : inception_layers()) {
        const std::string name(layer.name);
        const std::int64_t channels = narrow(name);
        make(name + ".conv.weight",
             {channels, inception_channels(layer.input, narrow), layer.height, layer.width});
        for (const char* norm : {".bn.weight", ".bn.bias", ".bn.running_mean", ".bn.running_var"})
            make(name + norm, {channels});
    }
    make("fc.weight", {12, inception_channels("Mixed_7c", narrow)});
    make("fc.bias", {12});
    return out;
}

}  // namespace mf::test

// SPDX-License-Identifier: MIT
#include "verify/weights.hpp"

#include <cmath>

#include "core/error.hpp"

namespace mf::verify {
namespace {

void check_count(const Param& param, const Tensor& value) {
    check(param.shape.count() == value.count(), "the weight {} must have {} numbers but its tensor is {}",
          param.name, param.shape.count(), value.shape());
}

/// A number on [-√3, √3) with variance 1.
double hashed(std::uint64_t name, std::uint64_t i) {
    std::uint64_t z = name + i + 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    z ^= z >> 31U;
    return (2.0 * (static_cast<double>(z >> 40U) * 0x1p-24) - 1.0) * std::sqrt(3.0);
}

}  // namespace

Reference weights_beside(const Reference& reference) {
    const std::string name = reference.path().stem().string(), kind = name.substr(0, name.find('_'));
    if (reference.has("net.x_embedder.proj.bias")) return reference;
    // "mit_loss_b" has weights of its own in "mit_weights_b", or shares "mit_weights".
    const std::filesystem::path folder = reference.path().parent_path();
    const std::size_t second = name.find('_', kind.size() + 1);
    if (second != std::string::npos) {
        const std::filesystem::path own = folder / (kind + "_weights" + name.substr(second) + ".safetensors");
        if (std::filesystem::exists(own)) return Reference(own);
    }
    return Reference(folder / (kind + "_weights.safetensors"));
}

void take_same(Param& param, const Tensor& value) {
    check_count(param, value);
    param.value.copy_from(value.reshaped(param.shape));
}

void take_linear_kernel(Param& param, const Tensor& kernel) {
    check_count(param, kernel);
    const std::int64_t out = param.shape[0], in = param.shape[1];
    for (std::int64_t o = 0; o < out; ++o)
        for (std::int64_t i = 0; i < in; ++i) param.value.f32()[o * in + i] = kernel.f32()[i * out + o];
}

void take_patch_kernel(Param& param, const Tensor& kernel) {
    check_count(param, kernel);
    const std::int64_t out = param.shape[0], in = param.shape[1], height = param.shape[2],
                       width = param.shape[3];
    for (std::int64_t o = 0; o < out; ++o)
        for (std::int64_t c = 0; c < in; ++c)
            for (std::int64_t y = 0; y < height; ++y)
                for (std::int64_t x = 0; x < width; ++x)
                    param.value.f32()[((o * in + c) * height + y) * width + x] =
                        kernel.f32()[((y * width + x) * in + c) * out + o];
}

Tensor hashed_tensor(const std::string& full_name, const Shape& shape, double gain) {
    std::uint64_t name = 0xcbf29ce484222325U;
    for (const char letter : full_name) name = (name ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
    const bool small = full_name.ends_with("bias") || full_name.ends_with("running_mean");
    const bool variance = full_name.ends_with("running_var"), vector = shape.rank() == 1;
    const double fan_in = static_cast<double>(shape.count()) / static_cast<double>(shape[0]);
    Tensor out(shape, DType::f32);
    for (std::int64_t i = 0; i < shape.count(); ++i) {
        const double w = hashed(name, static_cast<std::uint64_t>(i));
        out.f32()[i] = static_cast<float>(variance ? 1.0 + 0.1 * std::abs(w)
                                          : small  ? 0.1 * w
                                          : vector ? 1.0 + 0.1 * w
                                                   : w * gain / std::sqrt(fan_in));
    }
    return out;
}

void fill_hashed(Param& param, const std::string& full_name, double gain) {
    std::uint64_t name = 0xcbf29ce484222325U;
    for (const char letter : full_name) name = (name ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
    const bool bias = param.name.ends_with("bias"), vector = param.shape.rank() == 1;
    const double fan_in = static_cast<double>(param.shape.count()) / static_cast<double>(param.shape[0]);
    float* const to = param.value.f32();
    for (std::int64_t i = 0; i < param.shape.count(); ++i) {
        const double w = hashed(name, static_cast<std::uint64_t>(i));
        to[i] = static_cast<float>(bias ? 0.1 * w : vector ? 1.0 + 0.1 * w : w * gain / std::sqrt(fan_in));
    }
}

}  // namespace mf::verify

// SPDX-License-Identifier: MIT
// MeanFlow's DiT: the official code's parameters are in flax layout, ours under the public PyTorch names of DiT.
#include "models/dit.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "ops/arithmetic.hpp"
#include "ops/pointwise.hpp"
#include "verify/kinds.hpp"
#include "verify/label_losses.hpp"
#include "verify/weights.hpp"

namespace mf::verify {
namespace {

/// "blocks.0.attn.qkv.weight" in the flax tree: "net.blocks.layers_0.attn.qkv._flax_linear.kernel".
std::string flax_name(const std::string& name) {
    if (name.starts_with("x_embedder.proj."))
        return name.ends_with("weight") ? "net.x_embedder.proj.kernel" : "net.x_embedder.proj.bias";
    if (name == "y_embedder.embedding_table.weight")
        return "net.y_embedder.embedding_table._flax_embedding.embedding";
    std::string out = "net";
    std::size_t from = 0;
    for (std::size_t dot; (dot = name.find('.', from)) != std::string::npos; from = dot + 1) {
        const std::string part = name.substr(from, dot - from);
        out += part.find_first_not_of("0123456789") == std::string::npos ? ".layers_" + part : "." + part;
    }
    return out + "._flax_linear." + (name.ends_with("weight") ? "kernel" : "bias");
}

Dit::Config config_of(const Reference& reference) {
    const auto whole = [&](const char* key) { return static_cast<std::int64_t>(reference.setting(key)); };
    return {.height = whole("net.input_size"),
            .width = whole("net.input_size"),
            .channels = whole("net.in_channels"),
            .classes = whole("net.num_classes"),
            .patch = whole("net.patch_size"),
            .hidden = whole("net.hidden_size"),
            .depth = whole("net.depth"),
            .heads = whole("net.num_heads"),
            .mlp_ratio = reference.setting("net.mlp_ratio")};
}

std::unique_ptr<Dit> network_of(const Reference& reference, Precision precision, const Place& place) {
    const Reference weights = weights_beside(reference);
    auto out = std::make_unique<Dit>(config_of(reference));
    for (Param& param : out->params().all()) {
        const Tensor& value = weights.at(flax_name(param.name));
        if (param.shape.rank() == 4)
            take_patch_kernel(param, value);
        else if (param.is_matrix)
            take_linear_kernel(param, value);
        else
            take_same(param, value);
    }
    place.settle(out->params(), precision);
    return out;
}

/// A gradient under the file's name and in its layout.
ForeignGradient foreign(const Param& param, const float* g) {
    ForeignGradient out{flax_name(param.name),
                        std::vector<double>(static_cast<std::size_t>(param.shape.count()))};
    const std::int64_t n = param.shape[0], k = param.shape.count() / n;
    for (std::int64_t o = 0; o < n; ++o)
        for (std::int64_t i = 0; i < k; ++i) {
            std::int64_t place = o * k + i;
            if (param.is_matrix) {
                std::int64_t from = i;
                if (param.shape.rank() == 4) {  // (in, height, width) to (height, width, in)
                    const std::int64_t area = param.shape[2] * param.shape[3];
                    from = i % area * param.shape[1] + i / area;
                }
                place = from * n + o;
            }
            out.values[static_cast<std::size_t>(place)] = g[o * k + i];
        }
    return out;
}

void verify_dit_forward(const Reference& reference, Comparison& comparison, const Place& place) {
    comparison.inputs({"x", "t", "h", "y"});
    const auto net = network_of(reference, comparison.precision(), place);
    Pool pool(place.device);
    const Context context{place.device, pool, nullptr, comparison.precision()};
    const std::int64_t rows = reference.at("y").count();
    const Tensor z = context.on_device(as_rows(reference.at("x"), rows)),
                 t = context.on_device(reference.at("t").reshaped({rows, 1})),
                 h = context.on_device(reference.at("h").reshaped({rows, 1}));
    const auto compare = [&](const std::string& name, const Tensor& got) {
        if (reference.has(name)) comparison.values(name, place.on_host(got).floats(), kTolerance);
    };
    const Dual tokens = net->tokens(context, z), cond = net->condition(context, t, h, reference.at("y"));
    compare("pos_embed", net->positions());
    compare("tokens", tokens.value);
    compare("cond", cond.value);
    compare("after_block_0", net->block(0)(context, tokens, pointwise(context, Pointwise::silu, cond)).value);
    const Tensor r = subtract(context, t, h).value;
    compare("u", net->forward(context, z, r, t,
                              {.labels = reference.at("y"), .omega = {}, .t_min = {}, .t_max = {}}, {})
                     .u.value);
}

}  // namespace

void verify_dit(const Reference& reference, Comparison& comparison, const Place& place) {
    const std::string name = reference.name();
    if (name.starts_with("dit_forward")) return verify_dit_forward(reference, comparison, place);
    const auto net = network_of(reference, comparison.precision(), place);
    if (name.starts_with("dit_loss"))
        return compare_meanflow_loss(reference, comparison, *net, config_of(reference).classes, place,
                                     foreign);
    if (name.starts_with("dit_sampling")) {
        comparison.inputs({"noise", "labels"});
        return compare_label_samples(
            reference, comparison, *net,
            {.labels = reference.at("labels"), .omega = {}, .t_min = {}, .t_max = {}}, place);
    }
    check(name.starts_with("dit_weights"),
          "{}: files dit_forward, dit_loss, dit_sampling and dit_weights are known", name);
    for (const Param& param : net->params().all()) {
        const ForeignGradient there = foreign(param, place.on_host(param.value).f32());
        comparison.values(there.name, std::span<const double>(there.values), 1e-7);
    }
}

}  // namespace mf::verify

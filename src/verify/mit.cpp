// SPDX-License-Identifier: MIT
// The iMF transformer: values and tangents, a whole training loss with every gradient, samples, and the published size
// with weights made from their names.
#include "models/mit.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/transformer_sizes.hpp"
#include "ops/arithmetic.hpp"
#include "sample/sampler.hpp"
#include "verify/kinds.hpp"
#include "verify/label_losses.hpp"
#include "verify/weights.hpp"

namespace mf::verify {
namespace {

constexpr double kTolerance = 1e-5;

Mit::Config config_of(const Reference& reference, bool v_blocks) {
    const auto whole = [&](const char* key) { return static_cast<std::int64_t>(reference.setting(key)); };
    return {.height = whole("net.input_size"),
            .width = whole("net.input_size"),
            .channels = whole("net.in_channels"),
            .classes = whole("num_classes"),
            .patch = whole("net.patch_size"),
            .hidden = whole("net.hidden_size"),
            .depth = whole("net.depth"),
            .heads = whole("net.num_heads"),
            .head_depth = whole("net.aux_head_depth"),
            .mlp_ratio = reference.setting("net.mlp_ratio"),
            .class_tokens = whole("net.num_class_tokens"),
            .omega_tokens = whole("net.num_cfg_tokens"),
            .interval_tokens = whole("net.num_interval_tokens"),
            .time_tokens = whole("net.num_time_tokens"),
            .v_blocks = v_blocks};
}

std::unique_ptr<Mit> network_of(const Reference& reference, bool v_blocks, Precision precision, Team& team) {
    const Reference weights = weights_beside(reference);
    auto out = std::make_unique<Mit>(config_of(reference, v_blocks));
    for (Param& param : out->params().all()) take_same(param, weights.at(param.name));
    out->params().repack(team, precision);
    return out;
}

Condition condition_of(const Reference& reference) {
    const std::int64_t rows = reference.at("y").count();
    const auto column = [&](const char* name) { return reference.at(name).reshaped({rows, 1}); };
    return {.labels = reference.at("y"),
            .omega = column("omega"),
            .t_min = column("t_min"),
            .t_max = column("t_max")};
}

void verify_forward(const Reference& reference, Comparison& comparison, Team& team) {
    comparison.inputs({"x", "t", "h", "omega", "t_min", "t_max", "y"});
    const auto net = network_of(reference, true, comparison.precision(), team),
               eval = network_of(reference, false, comparison.precision(), team);
    Pool pool;
    const Context context{team, pool, nullptr, comparison.precision()};
    const Tensor& y = reference.at("y");
    const std::int64_t rows = y.count();
    const Tensor z = as_rows(reference.at("x"), rows), t = reference.at("t").reshaped({rows, 1}),
                 h = reference.at("h").reshaped({rows, 1});
    const Tensor r = subtract(context, t, h).value;
    const Condition condition = condition_of(reference);
    const auto compare = [&](const std::string& name, const Tensor& got) {
        if (reference.has(name)) comparison.values(name, got.floats(), kTolerance);
    };
    compare("tokens", net->sequence(context, z, h, condition).value);
    for (std::int64_t i = 0; i < net->trunk_depth(); ++i)
        compare(fmt::format("after_shared_{}", i),
                net->trunk(context, net->sequence(context, z, h, condition), i + 1).value);
    const UV both = net->forward(context, z, r, t, condition, {.u = true, .v = true});
    compare("u", both.u.value);
    compare("v", both.v.value);
    const Condition whole{.labels = y, .omega = condition.omega, .t_min = {}, .t_max = {}};
    compare("v_cond", net->forward(context, z, t, t, whole, {.u = false, .v = true}).v.value);
    const UV inference = eval->forward(context, z, r, t, condition, {.u = true, .v = true});
    compare("u_eval", inference.u.value);
    compare("v_eval", inference.v.value);
}

/// Every "z.N.I": the state after I of N steps.
void verify_sampling(const Reference& reference, Comparison& comparison, Team& team) {
    comparison.inputs({"noise", "omega", "t_min", "t_max", "labels"});
    const auto net = network_of(reference, false, comparison.precision(), team);
    const std::int64_t rows = reference.at("labels").count();
    const auto same = [&](const char* name) {
        Tensor out({rows, 1}, DType::f32);
        out.fill(static_cast<float>(reference.reals(name)[0]));
        return out;
    };
    compare_label_samples(reference, comparison, *net,
                          {.labels = reference.at("labels"),
                           .omega = same("omega"),
                           .t_min = same("t_min"),
                           .t_max = same("t_max")},
                          team);
}

}  // namespace

void verify_mit(const Reference& reference, Comparison& comparison, Team& team) {
    const std::string name = reference.name();
    if (name.starts_with("mit_forward")) return verify_forward(reference, comparison, team);
    if (name.starts_with("mit_sampling")) return verify_sampling(reference, comparison, team);
    const auto net = network_of(reference, true, comparison.precision(), team);
    if (name.starts_with("mit_loss"))
        return compare_improved_loss(reference, comparison, *net, config_of(reference, true).classes, team);
    check(name.starts_with("mit_weights"),
          "{}: files mit_forward, mit_loss, mit_sampling and mit_weights are "
          "known",
          name);
    for (const Param& param : net->params().all()) comparison.values(param.name, param.value.floats(), 1e-7);
}

void verify_hash(const Reference& reference, Comparison& comparison, Team& team) {
    comparison.inputs({"z.0", "y"});
    const std::string& model = reference.word("model");  // "imfDiT_B_2"
    const std::size_t at = model.find('_'), end = model.rfind('_');
    check(at != std::string::npos && at < end, "{}: model {} is not known", reference.name(), model);
    const TransformerSize size = named_transformer_size(model.substr(at + 1, end - at - 1));
    const Tensor& noise = reference.at("z.0");
    Mit net({.height = noise.shape()[1],
             .width = noise.shape()[2],
             .channels = noise.shape()[3],
             .patch = std::stoll(model.substr(end + 1)),
             .hidden = size.hidden,
             .depth = size.depth,
             .heads = size.heads,
             .head_depth = size.head_depth,
             .v_blocks = false});
    for (Param& param : net.params().all()) fill_hashed(param, reference.setting("gain"));
    net.params().repack(team, comparison.precision());
    Pool pool;
    const std::int64_t rows = noise.shape()[0];
    const auto same = [&](const char* key) {
        Tensor out({rows, 1}, DType::f32);
        out.fill(static_cast<float>(reference.setting(key)));
        return out;
    };
    Tensor r = Tensor::zeros({rows, 1}), t({rows, 1}, DType::f32);
    t.fill(1.0F);
    const Tensor z = as_rows(noise, rows);
    const Condition condition{
        .labels = reference.at("y"), .omega = same("omega"), .t_min = same("t_min"), .t_max = same("t_max")};
    const Tensor u = net.forward({team, pool, nullptr, comparison.precision()}, z, r, t, condition,
                                 {.u = true, .v = false})
                         .u.value;
    comparison.values("u.0", u.floats(), kTolerance);
    std::vector<float> next(z.floats().begin(), z.floats().end());
    for (std::size_t i = 0; i < next.size(); ++i) next[i] -= u.floats()[i];
    comparison.values("z.1", std::span<const float>(next), kTolerance);
}

}  // namespace mf::verify

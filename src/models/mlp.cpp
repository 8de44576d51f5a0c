// SPDX-License-Identifier: MIT
#include "models/mlp.hpp"

#include <cmath>

#include "core/rng.hpp"
#include "ops/concat.hpp"
#include "ops/linear.hpp"

namespace mf {

Mlp::Mlp(const Config& config) : config_(config) {
    const auto layer = [&](const std::string& name, std::int64_t in, std::int64_t out) {
        Param& weight = params_.add(name + ".weight", {out, in}, true);
        return Layer{&weight, &params_.add(name + ".bias", {out})};
    };
    std::int64_t in = config.dimensions + (config.interval ? 2 : 1);
    for (std::int64_t i = 0; i < config.depth; ++i, in = config.width)
        hidden_.push_back(layer("network." + std::to_string(2 * i), in, config.width));
    u_ = layer("network." + std::to_string(2 * config.depth), in, config.dimensions);
    if (config.v_head) v_ = layer("v_head", in, config.dimensions);
    params_.freeze();
}

UV Mlp::forward(const Context& context, const Dual& z, const Dual& r, const Dual& t, const Condition&,
                Want want) const {
    const Dual* parts[] = {&z, &t, &r};
    Dual h = concat(context, std::span(parts, config_.interval ? 3 : 2));
    for (const Layer& layer : hidden_)
        h = pointwise(context, config_.activation, linear(context, h, *layer.weight, layer.bias));
    UV out;
    if (want.u) out.u = linear(context, h, *u_.weight, u_.bias);
    check(!want.v || config_.v_head, "[mlp] v is asked of a network without a v head");
    if (want.v) out.v = linear(context, h, *v_.weight, v_.bias);
    return out;
}

double Mlp::flops_per_row(Want want) const {
    double sum = 0;
    for (const Layer& layer : hidden_) sum += 2.0 * static_cast<double>(layer.weight->shape.count());
    const double head = 2.0 * static_cast<double>(u_.weight->shape.count());
    return sum + (want.u ? head : 0) + (want.v ? head : 0);
}

void Mlp::initialise(std::uint64_t seed) {
    const Random random(seed, Stream::initial_weights);
    std::uint64_t row = 0;
    const auto fill = [&](Param& param, double bound) {
        for (float& w : param.value.floats()) {
            const double unit = to_unit(philox(seed, Stream::initial_weights, row++)[0]);
            w = static_cast<float>((2.0 * unit - 1.0) * bound);
        }
    };
    for (std::size_t i = 0; i + 1 < params_.all().size(); i += 2) {
        const double bound = 1.0 / std::sqrt(static_cast<double>(params_.all()[i].shape[1]));
        fill(params_.all()[i], bound);
        fill(params_.all()[i + 1], bound);
    }
}

namespace {

std::vector<std::string> activation_names() {
    std::vector<std::string> out;
    for (const PointwiseName& each : pointwise_names()) out.push_back(each.name);
    return out;
}

}  // namespace

const OptionTable& Mlp::options() {
    static const OptionTable table = {
        {"model.width", OptionKind::integer, "128", "units of a hidden layer", 1, 65536},
        {"model.depth", OptionKind::integer, "4", "hidden layers", 1, 1024},
        {"model.activation", OptionKind::text, "gelu", "function between the layers", 0, 0,
         activation_names()},
        {"model.times",
         OptionKind::text,
         "auto",
         "times among the inputs; auto: what the objective needs",
         0,
         0,
         {"auto", "t", "t,r"}},
        {"model.v_head", OptionKind::flag, "false", "a second output layer for v (training only)"},
    };
    return table;
}

std::unique_ptr<VelocityModel> Mlp::make(const Settings& settings, const SampleKind& sample) {
    Config config;
    config.dimensions = sample.shape.count();
    config.width = settings.integer("model.width");
    config.depth = settings.integer("model.depth");
    config.activation = pointwise_by_name(settings.text("model.activation"));
    config.interval = settings.text("model.times") != "t";
    config.v_head = settings.flag("model.v_head");
    return std::make_unique<Mlp>(config);
}

}  // namespace mf

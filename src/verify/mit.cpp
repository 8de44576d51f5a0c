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

Mit::Config config_of(const Reference& reference, bool v_blocks) {
    const auto whole = [&](const char* key) { return static_cast<std::int64_t>(reference.setting(key)); };
    return {.height = whole("net.input_size"),
            .width = whole("net.input_size"),
            .channels = whole("net.in_channels"),
            .classes = whole(reference.has_setting("num_classes") ? "num_classes" : "net.num_classes"),
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

std::unique_ptr<Mit> network_of(const Reference& reference, bool v_blocks, Precision precision,
                                const Place& place) {
    const Reference weights = weights_beside(reference);
    auto out = std::make_unique<Mit>(config_of(reference, v_blocks));
    for (Param& param : out->params().all()) take_same(param, weights.at(param.name));
    place.settle(out->params(), precision);
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

void verify_forward(const Reference& reference, Comparison& comparison, const Place& place) {
    comparison.inputs({"x", "t", "h", "omega", "t_min", "t_max", "y"});
    const auto net = network_of(reference, true, comparison.precision(), place),
               eval = network_of(reference, false, comparison.precision(), place);
    Pool pool(place.device);
    const Context context{place.device, pool, nullptr, comparison.precision()};
    const Tensor& y = reference.at("y");
    const std::int64_t rows = y.count();
    const Tensor z = context.on_device(as_rows(reference.at("x"), rows)),
                 t = context.on_device(reference.at("t").reshaped({rows, 1})),
                 h = context.on_device(reference.at("h").reshaped({rows, 1}));
    const Tensor r = subtract(context, t, h).value;
    const Condition condition = condition_of(reference);
    const auto compare = [&](const std::string& name, const Tensor& got) {
        if (reference.has(name)) comparison.values(name, place.on_host(got).floats(), kTolerance);
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
void verify_sampling(const Reference& reference, Comparison& comparison, const Place& place) {
    comparison.inputs({"noise", "omega", "t_min", "t_max", "labels"});
    const auto net = network_of(reference, false, comparison.precision(), place);
    const std::int64_t rows = reference.at("labels").count();
    // One number for all samples, or one for each.
    const auto same = [&](const char* name) {
        const std::vector<double> given = reference.reals(name);
        check(given.size() == 1 || std::ssize(given) == rows, "{}: {} has {} numbers for {} samples",
              reference.name(), name, given.size(), rows);
        Tensor out({rows, 1}, DType::f32);
        for (std::int64_t i = 0; i < rows; ++i)
            out.f32()[i] = static_cast<float>(given[given.size() == 1 ? 0 : static_cast<std::size_t>(i)]);
        return out;
    };
    compare_label_samples(reference, comparison, *net,
                          {.labels = reference.at("labels"),
                           .omega = same("omega"),
                           .t_min = same("t_min"),
                           .t_max = same("t_max")},
                          place);
}

}  // namespace

void verify_mit(const Reference& reference, Comparison& comparison, const Place& place) {
    const std::string name = reference.name();
    if (name.starts_with("mit_forward")) return verify_forward(reference, comparison, place);
    if (name.starts_with("mit_sampling")) return verify_sampling(reference, comparison, place);
    const auto net = network_of(reference, true, comparison.precision(), place);
    if (name.starts_with("mit_loss"))
        return compare_improved_loss(reference, comparison, *net, config_of(reference, true).classes, place);
    check(name.starts_with("mit_weights"),
          "{}: files mit_forward, mit_loss, mit_sampling and mit_weights are "
          "known",
          name);
    for (const Param& param : net->params().all())
        comparison.values(param.name, place.on_host(param.value).floats(), 1e-7);
}

namespace {

/// A published network whose weights follow from their names.
std::unique_ptr<Mit> hashed_network(const Reference& reference, const Shape& noise, Precision precision,
                                    const Place& place) {
    const std::string model = reference.word("model");  // "imfDiT_B_2"
    const std::size_t at = model.find('_'), end = model.rfind('_');
    check(at != std::string::npos && at < end && end + 1 < model.size() &&
              model.find_first_not_of("0123456789", end + 1) == std::string::npos,
          "{}: model {} is not known, expected imfDiT_SIZE_PATCH", reference.name(), model);
    const TransformerSize size = named_transformer_size(model.substr(at + 1, end - at - 1));
    Mit::Config config{.height = noise[1],
                       .width = noise[2],
                       .channels = noise[3],
                       .patch = std::stoll(model.substr(end + 1)),
                       .hidden = size.hidden,
                       .depth = size.depth,
                       .heads = size.heads,
                       .head_depth = size.head_depth,
                       .mlp_ratio = size.mlp_ratio,
                       .v_blocks = false};
    config.classes =
        static_cast<std::int64_t>(reference.setting("num_classes", static_cast<double>(config.classes)));
    auto net = std::make_unique<Mit>(config);
    // The names of the published network begin with "net."; what hashed them may have called it something else.
    constexpr std::string_view own = "net.";
    const std::string prefix = reference.word("name_prefix", "net.");
    for (Param& param : net->params().all())
        fill_hashed(param, prefix + param.name.substr(own.size()), reference.setting("gain", 1));
    place.settle(net->params(), precision);
    return net;
}

}  // namespace

/// "u.I" and "z.I": the velocity at state I, and the state after I of `steps` equal steps.
void verify_hash(const Reference& reference, Comparison& comparison, const Place& place) {
    comparison.inputs({"z.0", "y"});
    const Tensor& noise = reference.at("z.0");
    check(noise.shape().rank() == 4, "{}: z.0 is {}, expected (rows, height, width, channels)",
          reference.name(), noise.shape());
    const auto net = hashed_network(reference, noise.shape(), comparison.precision(), place);
    Pool pool(place.device);
    const Context context{place.device, pool, nullptr, comparison.precision()};
    const std::int64_t rows = noise.shape()[0];
    const auto same = [&](double value) {
        Tensor out({rows, 1}, DType::f32);
        out.fill(static_cast<float>(value));
        return out;
    };
    const Condition condition{.labels = reference.at("y"),
                              .omega = same(reference.setting("omega", 1)),
                              .t_min = same(reference.setting("t_min", 0)),
                              .t_max = same(reference.setting("t_max", 1))};
    const double steps = reference.setting("steps", 1);
    check(steps >= 1 && steps == std::floor(steps), "{}: steps {} is no number of steps", reference.name(),
          steps);
    const std::vector<double> times = uniform_times(static_cast<std::int64_t>(steps));
    Tensor z({rows, noise.count() / rows}, DType::f32);
    z.copy_from(as_rows(noise, rows));
    for (std::size_t i = 0; i + 1 < times.size(); ++i) {
        const double t = times[i], r = times[i + 1];
        const Tensor u =
            place.on_host(net->forward(context, context.on_device(z), context.on_device(same(r)),
                                       context.on_device(same(t)), condition, {.u = true, .v = false})
                              .u.value);
        const std::string velocity = fmt::format("u.{}", i), state = fmt::format("z.{}", i + 1);
        if (reference.has(velocity)) comparison.values(velocity, u.floats(), kTolerance);
        const auto h = static_cast<float>(t - r);
        for (std::int64_t k = 0; k < z.count(); ++k) z.f32()[k] -= h * u.f32()[k];
        if (reference.has(state)) comparison.values(state, z.floats(), kTolerance);
    }
    // Without the last state nothing says that the steps were these.
    check(reference.has(fmt::format("z.{}", times.size() - 1)),
          "{}: its config says {} steps, but it has no z.{}", reference.name(), steps, times.size() - 1);
}

}  // namespace mf::verify

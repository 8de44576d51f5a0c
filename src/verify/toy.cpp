// SPDX-License-Identifier: MIT
// The toy network: values, tangents, losses and every gradient of fm, mf and imf, and samples.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "models/mlp.hpp"
#include "objectives/objective.hpp"
#include "objectives/parts/path.hpp"
#include "sample/sampler.hpp"
#include "tensor/pool.hpp"
#include "train/config.hpp"
#include "verify/kinds.hpp"

namespace mf::verify {
namespace {

constexpr const char* kSignedSums =
    "norm, then sum_i sign(i,j) g_i for j=0,1,2; sign(i,j) = bit 31 of ((i+1)*2654435761 + j*40503) mod 2^32 "
    "? -1 "
    ": 1";

/// The norm of a gradient and three sums with signs that look random: few numbers, in which every element counts.
std::vector<double> signed_sums(const std::vector<float>& g) {
    std::vector<double> out(4);
    for (const float x : g) out[0] += static_cast<double>(x) * x;
    out[0] = std::sqrt(out[0]);
    for (std::uint32_t j = 0; j < 3; ++j)
        for (std::size_t i = 0; i < g.size(); ++i) {
            const std::uint32_t bits = (static_cast<std::uint32_t>(i) + 1) * 2654435761U + j * 40503U;
            out[j + 1] += (bits >> 31U) != 0 ? -double{g[i]} : double{g[i]};
        }
    return out;
}

/// Where the file has each of our inputs z0, z1, ..., t, r in a row of its first weight, as "NET_input" says.
std::vector<std::size_t> input_places(const Reference& reference, const std::string& net,
                                      const Mlp::Config& config) {
    std::vector<std::string> own;
    for (std::int64_t i = 0; i < config.dimensions; ++i) own.push_back(fmt::format("z{}", i));
    own.emplace_back("t");
    if (config.interval) own.emplace_back("r");
    std::vector<std::string> theirs = reference.words(net + "_input");
    if (theirs.empty()) theirs = own;
    std::vector<std::size_t> out;
    for (const std::string& name : own) {
        const auto found = std::ranges::find(theirs, name);
        check(found != theirs.end() && theirs.size() == own.size(),
              "{}: {}_input is {}, expected {} in any order", reference.name(), net, fmt::join(theirs, ", "),
              fmt::join(own, ", "));
        out.push_back(static_cast<std::size_t>(found - theirs.begin()));
    }
    return out;
}

/// A network of the file, and the order of its inputs there.
struct ToyNet {
    std::unique_ptr<Mlp> model;
    std::vector<std::size_t> places;

    /// A gradient of ours in the file's order.
    std::vector<float> theirs(const Param& param, const float* ours) const {
        std::vector<float> out(ours, ours + param.shape.count());
        if (param.name != "network.0.weight") return out;
        const std::size_t cols = places.size();
        for (std::size_t i = 0; i < out.size(); ++i) out[i / cols * cols + places[i % cols]] = ours[i];
        return out;
    }
};

/// The network NET.* of the file: its sizes are those of its weights.
ToyNet network_of(const Reference& reference, const std::string& net, Comparison& comparison,
                  const Place& place) {
    Mlp::Config config;
    const auto weight = [&](std::int64_t layer) {
        return fmt::format("{}.network.{}.weight", net, 2 * layer);
    };
    config.depth = 0;
    while (reference.has(weight(config.depth + 1))) ++config.depth;
    config.dimensions = reference.at(weight(config.depth)).shape()[0];
    config.width = reference.at(weight(0)).shape()[0];
    config.interval = reference.at(weight(0)).shape()[1] == config.dimensions + 2;
    reference.expect("hidden", static_cast<double>(config.width));
    const std::string activation = reference.word("activation");
    config.activation = pointwise_by_name(activation == "gelu_erf" ? "gelu" : activation);

    const std::vector<std::size_t> places = input_places(reference, net, config);
    auto out = std::make_unique<Mlp>(config);
    for (Param& param : out->params().all()) {
        const Tensor& value = reference.at(net + "." + param.name);
        check(value.shape() == param.shape, "{}: {}.{} is {}, expected {}", reference.name(), net, param.name,
              value.shape().text(), param.shape.text());
        param.value.copy_from(value);
        if (param.name == "network.0.weight")
            for (std::int64_t i = 0; i < value.count(); ++i)
                param.value.f32()[i] =
                    value
                        .f32()[i / value.cols() * value.cols() +
                               static_cast<std::int64_t>(places[static_cast<std::size_t>(i % value.cols())])];
        comparison.input(net + "." + param.name);
    }
    place.settle(out->params(), Precision::f32);
    return {std::move(out), places};
}

/// What one batch of the file gives for one objective and one network.
class Batch {
  public:
    Batch(const Reference& reference, Comparison& comparison, const Place& place)
        : reference_(reference), comparison_(comparison), place_(place) {
        draws_.x = reference.at("x");
        draws_.e = reference.at("e");
        draws_.r = reference.at("r");
        draws_.t = reference.at("t");
        draws_.batch = draws_.x.rows();
        reference.expect("batch", static_cast<double>(draws_.batch));
        while (draws_.equal < draws_.batch && draws_.r.f32()[draws_.equal] == draws_.t.f32()[draws_.equal])
            ++draws_.equal;
        const Context context = untaped();
        there_ = place_.draws(context, draws_);
        z_ = Path{}.at(context, there_.x, there_.e, there_.t);
        v_ = Path{}.velocity(context, there_.x, there_.e);
        compare("z", z_);
        compare("v", v_);
    }

    void flow_matching(const std::string& tag, const ToyNet& toy) {
        const Mlp& net = *toy.model;
        const Context context = untaped();
        const UV f = net.forward(context, z_, there_.t, there_.t, {}, {});
        compare(tag + ".pred", f.u.value);
        compare_residual(tag, f.u.value, v_);
        compare_losses(tag, "fm", toy);
    }

    /// `self`: the tangent is the network's own boundary value (imf), else e - x (mf).
    void average_velocity(const std::string& tag, const ToyNet& toy, bool self) {
        const Mlp& net = *toy.model;
        const Context context = untaped();
        const Tensor tangent = self ? net.forward(context, z_, there_.t, there_.t, {}, {}).u.value : v_;
        const Tensor one = context.filled({draws_.batch, 1}, 1.0F);
        const Dual u =
            net.forward(context, Dual(z_).moving(tangent), there_.r, Dual(there_.t).moving(one), {}, {}).u;
        compare(tag + ".tangent", tangent);
        compare(tag + ".u", u.value);
        compare(tag + ".dudt", u.tangent);
        const Tensor V = shifted(u.value, u.tangent, 1.0F), target = shifted(v_, u.tangent, -1.0F);
        compare(tag + ".V", V);
        compare(tag + ".target", target);
        compare_residual(tag, V, v_);
        compare_losses(tag, self ? "imf" : "mf", toy);
    }

  private:
    Context untaped() { return {place_.device, pool_}; }

    void compare(const std::string& name, const Tensor& got) {
        if (reference_.has(name)) comparison_.values(name, place_.on_host(got).floats(), kTolerance);
    }

    /// base + sign (t - r) du/dt
    Tensor shifted(const Tensor& there_base, const Tensor& there_dudt, float sign) const {
        const Tensor base = place_.on_host(there_base), dudt = place_.on_host(there_dudt);
        Tensor out(base.shape(), DType::f32);
        for (std::int64_t i = 0; i < base.count(); ++i) {
            const std::int64_t row = i / base.cols();
            out.f32()[i] = base.f32()[i] + sign * (draws_.t.f32()[row] - draws_.r.f32()[row]) * dudt.f32()[i];
        }
        return out;
    }

    void compare_residual(const std::string& tag, const Tensor& there_a, const Tensor& there_b) {
        const Tensor a = place_.on_host(there_a), b = place_.on_host(there_b);
        std::vector<double> err, sq(static_cast<std::size_t>(a.rows()));
        for (std::int64_t i = 0; i < a.count(); ++i) {
            err.push_back(static_cast<double>(a.f32()[i]) - b.f32()[i]);
            sq[static_cast<std::size_t>(i / a.cols())] += err.back() * err.back();
        }
        if (reference_.has(tag + ".err"))
            comparison_.values(tag + ".err", std::span<const double>(err), kTolerance);
        if (reference_.has(tag + ".sq"))
            comparison_.values(tag + ".sq", std::span<const double>(sq), kTolerance);
    }

    /// The objective as training runs it, with its gradients, for each way to weigh rows.
    void compare_losses(const std::string& tag, const std::string& objective_name, const ToyNet& toy) {
        const Mlp& net = *toy.model;
        for (const std::string reduction : {"mse", "adaptive"}) {
            const std::string stem = tag + "." + reduction;
            if (!reference_.has(stem + ".loss")) continue;
            std::vector<ConfigItem> items = {{"objective.name", objective_name, ""}};
            if (reduction == "adaptive") {
                items.push_back({"loss.weight", "adaptive", ""});
                items.push_back({"loss.p", fmt::format("{}", reference_.setting("adaptive_p")), ""});
                items.push_back({"loss.c", fmt::format("{}", reference_.setting("adaptive_c")), ""});
            }
            const auto objective = objective_catalogue().at(objective_name).make(resolve(items));
            Gradients gradients(net.params());
            Tape tape(&gradients, place_.device);
            LossTotals totals(pool_);
            const Dual loss = objective->loss({place_.device, pool_, &tape}, net, there_, totals);
            comparison_.value(stem + ".loss", totals.read(place_.device).loss, kTolerance);
            tape.backward(loss.slot, pool_);
            for (const Param& param : net.params().all()) compare_gradient(stem, param, toy, gradients);
        }
    }

    /// A file has gradients whole, or as the few numbers of `signed_sums`, or leaves them out.
    void compare_gradient(const std::string& stem, const Param& param, const ToyNet& toy,
                          Gradients& gradients) {
        const std::vector<float> g = toy.theirs(param, place_.gradient(gradients, param).data());
        const std::string whole = stem + ".grad." + param.name,
                          sums = stem + ".grad_signed_sums." + param.name;
        if (reference_.has(whole)) comparison_.values(whole, std::span<const float>(g), kGradientTolerance);
        if (!reference_.has(sums)) return;
        check(reference_.word("grad_signed_sums", kSignedSums) == kSignedSums,
              "{}: its config explains grad_signed_sums in other words than these: {}", reference_.name(),
              kSignedSums);
        comparison_.values(sums, std::span<const double>(signed_sums(g)), kGradientTolerance);
    }

    const Reference& reference_;
    Comparison& comparison_;
    const Place& place_;
    Pool pool_{place_.device};
    Draws draws_, there_;  ///< in the memory of the host, and of the device
    Tensor z_, v_;
};

/// Every "sample.mf.N" and "sample.fm.N".
void compare_samples(const Reference& reference, Comparison& comparison, const std::string& head,
                     const Mlp& net, Solver solver, const Place& place) {
    for (const auto& [name, tensor] : reference.tensors()) {
        if (!name.starts_with(head)) continue;
        const Tensor& noise = reference.at("noise");
        std::vector<float> z(noise.floats().begin(), noise.floats().end());
        const SamplePlan plan{.solver = solver,
                              .times = uniform_times(std::atoi(name.c_str() + head.size()))};
        sample(place.device, net, plan, {}, z, noise.cols());
        comparison.values(name, std::span<const float>(z), kTolerance);
    }
}

}  // namespace

void verify_toy(const Reference& reference, Comparison& comparison, const Place& place) {
    comparison.inputs({"x", "e", "t", "r", "noise"});
    const auto mf_net = network_of(reference, "mf_net", comparison, place);
    const auto fm_net = network_of(reference, "fm_net", comparison, place);
    Batch batch(reference, comparison, place);
    batch.flow_matching("fm", fm_net);
    batch.flow_matching("fm_on_mf_net", mf_net);
    batch.average_velocity("mf", mf_net, false);
    batch.average_velocity("imf", mf_net, true);
    compare_samples(reference, comparison, "sample.mf.", *mf_net.model, Solver::average, place);
    compare_samples(reference, comparison, "sample.fm.", *fm_net.model, Solver::euler, place);
}

}  // namespace mf::verify

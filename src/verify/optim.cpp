// SPDX-License-Identifier: MIT
// AdamW after each update, averages of the weights, and learning rates.
#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "optim/adam.hpp"
#include "optim/ema.hpp"
#include "optim/schedule.hpp"
#include "verify/kinds.hpp"

namespace mf::verify {
namespace {

// States are f32 and pass through a few updates, each with a root and a quotient.
/// The number after `head` in a name: 0.95 in "adamw.b2_0.95.wd_0.0.w" for "b2_".
double number_after(const std::string& name, const std::string& head) {
    const std::size_t at = name.find(head);
    check(at != std::string::npos, "tensor {} has no '{}' in its name", name, head);
    return std::strtod(name.c_str() + at + head.size(), nullptr);
}

/// Weights and moments after every update, one after the other.
struct Course {
    std::vector<float> w, m, v;
};

/// So many weights of no network, where the device computes.
class Weights {
  public:
    Weights(std::span<const float> start, const Place& place) : place_(place), pool_(place.device) {
        Param& all = store_.add("weights", {std::ssize(start)});
        store_.freeze();
        std::ranges::copy(start, all.value.f32());
        place.settle(store_, Precision::f32);
    }
    ParamStore& store() { return store_; }
    /// Numbers of the host where kernels read them.
    Tensor there(std::span<const float> numbers) {
        Tensor out({std::ssize(numbers)}, DType::f32, &pool_);
        place_.device.upload(Into(out).data, numbers.data(), numbers.size_bytes());
        return out;
    }
    /// Adds what the device has to a list.
    void append(std::vector<float>& to, View numbers) const {
        const auto before = to.size(), count = static_cast<std::size_t>(numbers.count());
        to.resize(before + count);
        place_.device.download(to.data() + before, numbers.data, count * sizeof(float));
    }

  private:
    const Place& place_;
    Pool pool_;
    ParamStore store_;
};

Course run_adam(const Reference& reference, const Adam::Config& config, const Schedule& schedule,
                const Place& place) {
    const Tensor& gradients = reference.at("grads");
    const std::int64_t count = reference.at("w0").count();
    reference.expect("updates", static_cast<double>(gradients.count()) / static_cast<double>(count));
    check(count > 0 && gradients.count() % count == 0, "{}: grads does not hold whole updates of w0",
          reference.name());
    Weights weights(reference.at("w0").floats(), place);
    Adam adam(config, weights.store());
    Course out;
    for (std::int64_t k = 0; k < gradients.count() / count; ++k) {
        const Tensor gradient = weights.there(
            gradients.floats().subspan(static_cast<std::size_t>(k * count), static_cast<std::size_t>(count)));
        adam.update(place.device, weights.store().whole(), gradient, k, schedule.at(k), 1.0);
        weights.append(out.w, weights.store().whole());
        for (const auto& [name, tensor] : adam.state())
            weights.append(name.ends_with(".m") ? out.m : out.v, tensor);
    }
    return out;
}

void compare_course(const Reference& reference, Comparison& comparison, const std::string& stem,
                    const Course& course) {
    const auto compare = [&](const std::string& name, const std::vector<float>& got) {
        if (reference.has(name)) comparison.values(name, std::span<const float>(got), kTolerance);
    };
    compare(stem + ".w", course.w);
    compare(stem + ".m", course.m);
    compare(stem + ".v", course.v);
}

/// Of the course with a warm-up: 0.95, or the first of the file's when it has none such.
double warmup_b2(const Reference& reference) {
    const std::vector<double> all = reference.settings("b2");
    check(!all.empty(), "{}: its config has no b2", reference.name());
    return std::ranges::find(all, 0.95) != all.end() ? 0.95 : all[0];
}

void compare_adam(const Reference& reference, Comparison& comparison, const Place& place) {
    Adam::Config config{.b1 = reference.setting("b1"), .eps = reference.setting("eps")};
    Schedule schedule{.base = reference.setting("lr")};
    for (const auto& [name, tensor] : reference.tensors()) {
        if (!name.starts_with("adamw.") || !name.ends_with(".w")) continue;
        const std::string stem = name.substr(0, name.size() - 2);
        if (stem.starts_with("adamw.warmup")) {
            config.b2 = warmup_b2(reference);
            config.weight_decay = 0;
            schedule.warmup = static_cast<std::int64_t>(number_after(name, "warmup"));
        } else {
            config.b2 = number_after(name, "b2_");
            config.weight_decay = number_after(name, "wd_");
            schedule.warmup = 0;
        }
        compare_course(reference, comparison, stem, run_adam(reference, config, schedule, place));
    }
}

void compare_averages(const Reference& reference, Comparison& comparison, const Place& place) {
    for (const auto& [name, tensor] : reference.tensors()) {
        if (!name.starts_with("ema.") || name == "ema.params") continue;
        const Tensor& start = reference.at("w0");
        const auto count = static_cast<std::size_t>(start.count());
        Weights weights(start.floats(), place);
        Ema ema(number_after(name, "ema."), weights.store(), place.device);
        std::vector<float> got;
        for (std::span<const float> rest = reference.at("ema.params").floats(); rest.size() >= count;
             rest = rest.subspan(count)) {
            ema.update(place.device, weights.there(rest.first(count)));
            weights.append(got, ema.values());
        }
        comparison.values(name, std::span<const float>(got), kTolerance);
    }
}

void compare_rates(const Reference& reference, Comparison& comparison) {
    if (!reference.has("lr.steps")) return;
    const auto epoch = static_cast<std::int64_t>(reference.setting("schedule.steps_per_epoch"));
    const auto warmup = epoch * static_cast<std::int64_t>(reference.setting("schedule.warmup_epochs"));
    const auto total = epoch * static_cast<std::int64_t>(reference.setting("schedule.total_epochs"));
    const double base = reference.setting("schedule.base_lr");
    // The official code spends the warm-up twice: its cosine ends `warmup` updates early.
    const Schedule cosine{.kind = Schedule::Kind::cosine,
                          .base = base,
                          .warmup = warmup,
                          .span = total - 2 * warmup,
                          .floor = reference.setting("schedule.lr_min_factor")};
    const auto compare = [&](const std::string& name, const Schedule& schedule) {
        if (!reference.has(name)) return;
        std::vector<double> rates;
        for (const std::int64_t k : reference.integers("lr.steps")) rates.push_back(schedule.at(k));
        comparison.values(name, std::span<const double>(rates), 1e-6);
    };
    compare("lr.no_warmup", Schedule{.base = base});
    compare("lr.warmup_const", Schedule{.base = base, .warmup = warmup});
    compare("lr.warmup_cosine", cosine);
}

}  // namespace

void verify_optim(const Reference& reference, Comparison& comparison, const Place& place) {
    comparison.inputs({"w0", "grads", "ema.params", "lr.steps"});
    compare_adam(reference, comparison, place);
    compare_averages(reference, comparison, place);
    compare_rates(reference, comparison);
}

}  // namespace mf::verify

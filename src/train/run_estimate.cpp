// SPDX-License-Identifier: MIT
#include "train/run_estimate.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include "models/dit.hpp"
#include "models/mit.hpp"
#include "ops/cpu/gemm.hpp"
#include "optim/optimiser.hpp"
#include "train/lane.hpp"
#include "train/make_model.hpp"
#include "train/trainer.hpp"

namespace mf {
namespace {

/// Sizes of a transformer that its activations depend on.
struct Sizes {
    std::int64_t hidden = 0, heads = 0, depth = 0, head_depth = 0, tokens = 0;
    bool v_blocks = false;

    std::int64_t blocks() const { return depth + (v_blocks ? head_depth : 0); }
};

Sizes sizes_of(const VelocityModel& model) {
    if (const auto* mit = dynamic_cast<const Mit*>(&model)) {
        const Mit::Config& c = mit->config();
        const std::int64_t prefix = c.class_tokens + c.omega_tokens + 2 * c.interval_tokens + c.time_tokens;
        return {c.hidden,  c.heads, c.depth, c.head_depth, prefix + c.height * c.width / (c.patch * c.patch),
                c.v_blocks};
    }
    if (const auto* dit = dynamic_cast<const Dit*>(&model)) {
        const Dit::Config& c = dit->config();
        return {c.hidden, c.heads, c.depth, 0, c.height * c.width / (c.patch * c.patch), false};
    }
    return {};
}

/// The same run with `width` heads and few blocks, a tile at a time on one thread.
Settings small_run(const Settings& settings, const Sizes& sizes, std::int64_t width, std::int64_t depth,
                   std::int64_t tile) {
    Settings out = settings;
    out.set("model.hidden", std::to_string(sizes.hidden / sizes.heads * width));
    out.set("model.heads", std::to_string(width));
    out.set("model.depth", std::to_string(depth));
    if (sizes.head_depth > 0) out.set("model.head_depth", std::to_string(depth / 2));
    out.set("train.batch", std::to_string(tile));
    out.set("train.tile", std::to_string(tile));
    out.set("ema.decays", "");
    return out;
}

double activation_bytes(const Settings& settings) {
    Trainer trainer(settings, 1);
    trainer.step();
    return static_cast<double>(trainer.plan_bytes()) -
           4.0 * static_cast<double>(trainer.model().params().count());
}

/// Bytes that a lane keeps during a step.
std::uint64_t activations_of(const Settings& settings, const Sizes& sizes, std::int64_t tile) {
    const auto at = [&](std::int64_t width, std::int64_t depth) {
        return activation_bytes(small_run(settings, sizes, width, depth, tile));
    };
    const auto blocks = [&](std::int64_t depth) { return depth + (sizes.v_blocks ? depth / 2 : 0); };
    // bytes = (a + b width) + blocks (c + d width)
    const std::int64_t w1 = 1, w2 = std::min<std::int64_t>(4, std::max<std::int64_t>(2, sizes.heads));
    const auto line = [&](std::int64_t width, double& fixed, double& each) {
        const double few = at(width, 2), more = at(width, 6);
        each = (more - few) / static_cast<double>(blocks(6) - blocks(2));
        fixed = few - each * static_cast<double>(blocks(2));
    };
    double fixed1 = 0, each1 = 0, fixed2 = 0, each2 = 0;
    line(w1, fixed1, each1);
    line(w2, fixed2, each2);
    const double far = static_cast<double>(sizes.heads - w1) / static_cast<double>(w2 - w1);
    const double fixed = fixed1 + (fixed2 - fixed1) * far, each = each1 + (each2 - each1) * far;
    return static_cast<std::uint64_t>(std::max(0.0, fixed + each * static_cast<double>(sizes.blocks())));
}

/// Rows of passes for v_θ in one batch, by its own draws: they do not depend on the network, so a tiny one is asked.
double guidance_rows_of(const Settings& settings, const Sizes& sizes) {
    Settings tiny = settings;
    const std::string side = settings.has("data.size") && settings.text("data.name") == "noise" ? "2" : "";
    if (side.empty()) return 1;
    tiny.set("data.size", side);
    if (tiny.has("data.width")) tiny.set("data.width", "0");
    tiny.set("model.patch", "2");
    tiny.set("model.hidden", "8");
    tiny.set("model.heads", "2");
    tiny.set("model.depth", "2");
    if (sizes.head_depth > 0) tiny.set("model.head_depth", "1");
    tiny.set("ema.decays", "");
    tiny.set("train.tile", "64");
    Trainer trainer(tiny, 1);
    const auto objective = objective_catalogue().at(tiny.text("objective.name")).make(tiny);
    const double each = objective->flops_per_guidance_row(trainer.model());
    if (each <= 0) return 0;
    // Before the first step one row for each of the batch is assumed.
    const double assumed = trainer.flops_per_step();
    trainer.step();
    const auto batch = static_cast<double>(tiny.integer("train.batch"));
    return 1 + (trainer.flops_per_step() - assumed) / each / batch;
}

std::uint64_t packed_bytes(const ParamStore& params, Precision precision) {
    std::uint64_t out = 0;
    for (const Param& param : params.all())
        if (param.is_matrix && param.shape[0] > cpu::kNarrow)
            out += static_cast<std::uint64_t>(param.shape.count()) * (precision == Precision::bf16 ? 2 : 4);
    return out;
}

}  // namespace

RunEstimate estimate_run(const Settings& settings, int threads) {
    const std::unique_ptr<Dataset> data = make_dataset(settings);
    const SampleKind sample = kind_of(*data);
    const auto objective = objective_catalogue().at(settings.text("objective.name")).make(settings);
    const std::unique_ptr<VelocityModel> model = make_model(settings, sample, *objective);
    const Sizes sizes = sizes_of(*model);
    const std::int64_t batch = settings.integer("train.batch");
    const bool needs_interval = objective->needs_interval();
    const double share = needs_interval ? settings.real("times.equal_share") : 1.0;
    const int team = threads > 0 ? threads : Team(threads).size();
    const auto [lanes, tile] = plan_lanes(settings.integer("train.lanes"), settings.integer("train.tile"),
                                          batch, team, model->tile_rows());

    RunEstimate out;
    out.parameters = model->params().count();
    out.tokens = sizes.tokens;
    const auto floats = static_cast<std::uint64_t>(out.parameters) * 4;
    out.weights = floats;
    out.packed = packed_bytes(model->params(),
                              settings.text("precision") == "bf16" ? Precision::bf16 : Precision::f32);
    const auto optimiser =
        optimiser_catalogue().at(settings.text("optim.name")).make(settings, model->params());
    for (const auto& [name, tensor] : optimiser->state()) out.optimiser += tensor.bytes();
    out.averages = floats * settings.texts("ema.decays").size();
    out.gradients = floats * static_cast<std::uint64_t>(lanes);
    if (sizes.hidden > 0) {
        out.guidance_rows = guidance_rows_of(settings, sizes);
        out.activations =
            activations_of(settings, sizes, std::min(tile, batch)) * static_cast<std::uint64_t>(lanes);
    } else {
        out.guidance_rows = objective->flops_per_guidance_row(*model) > 0 ? 1 : 0;
    }
    out.flops_per_step =
        static_cast<double>(batch) * (objective->flops_per_row(*model, share) +
                                      out.guidance_rows * objective->flops_per_guidance_row(*model));
    return out;
}

}  // namespace mf

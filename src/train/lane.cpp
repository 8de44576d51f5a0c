// SPDX-License-Identifier: MIT
#include "train/lane.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace mf {

LanePlan plan_lanes(std::int64_t lanes, std::int64_t tile, std::int64_t batch, std::int64_t threads,
                    std::int64_t tile_rows) {
    check_usage(lanes == 0 || lanes == 1 || lanes == threads,
                "train.lanes={} must be 0, 1 or the number of threads ({})", lanes, threads);
    if (lanes == 0) lanes = batch < threads ? 1 : threads;
    return {lanes, tile > 0 ? tile : tile == 0 ? batch : tile_rows};
}

void Lane::draw(const StepPlan& plan, const Context& context, std::uint64_t index, std::int64_t row,
                std::int64_t count, Draws& d) {
    const std::int64_t dimensions = plan.data.sample_shape().count();
    d.x = context.make_host({count, dimensions});
    d.e = context.make_host({count, dimensions});
    d.t = context.make_host({count, 1});
    d.r = context.make_host({count, 1});
    if (plan.data.classes() > 0) d.labels = context.make_host({count}, DType::i32);
    auto* labels = d.labels.empty() ? nullptr : static_cast<std::int32_t*>(d.labels.raw());
    plan.data.draw(d.x.f32(), labels, Random(plan.seed, Stream::data), index, count);
    if (const std::int64_t group = plan.objective.references(); group > 0) {
        // The groups of the batch that these rows stand in, drawn again: a row's group does not depend on the tile.
        const std::int64_t from = row / group * group, to = (row + count + group - 1) / group * group;
        d.references = context.make_host({to - from, dimensions});
        d.row_in_group = row - from;
        plan.data.draw(d.references.f32(), nullptr, Random(plan.seed, Stream::data),
                       index - static_cast<std::uint64_t>(row - from), to - from);
    }
    Random(plan.seed, Stream::noise).normal_rows(d.e.f32(), dimensions, index, count);
    d.equal = plan.times.equal_rows(row, count);
    plan.times.draw(d.t.f32(), d.r.f32(), d.equal, plan.times.whole_rows(row, count),
                    Random(plan.seed, Stream::times), index, count);
    d.null_label = plan.data.classes();
    plan.objective.draw_guidance(context, d, Random(plan.seed, Stream::guidance),
                                 {.first = index - static_cast<std::uint64_t>(row),
                                  .batch = plan.batch,
                                  .row = row,
                                  .equal_before = plan.times.equal_rows(0, row),
                                  .equal_all = plan.times.equal_rows(0, plan.batch)});
}

/// Uploads what kernels read of them.
void Lane::put_on_device(const Context& context, Draws& d) {
    d.host_t = d.t;
    for (Tensor* each : {&d.x, &d.e, &d.r, &d.t, &d.references}) *each = context.on_device(*each);
}

void Lane::run(const StepPlan& plan, std::int64_t step, double progress, std::int64_t begin,
               std::int64_t end) {
    gradients_.clear(device_);
    totals_.clear(device_);
    const Context context{device_, pool_, &tape_, plan.precision, plan.recompute, &host_pool_};
    for (std::int64_t row = begin; row < end; row += plan.tile) {
        const std::int64_t count = std::min(plan.tile, end - row);
        Draws draws;
        draws.batch = plan.batch;
        draws.progress = progress;
        draw(plan, context, static_cast<std::uint64_t>(step * plan.batch + row), row, count, draws);
        put_on_device(context, draws);
        const Dual loss = plan.objective.loss(context, plan.model, draws, totals_);
        tape_.backward(loss.slot, pool_);
    }
    sums_ = totals_.read(device_);
}

}  // namespace mf

// SPDX-License-Identifier: MIT
// A lane is one thread's share of a step: it draws its own rows, runs the general engine on a tile of them at a time
// (so that every layer's activations stay in its cache) and adds up gradients of its own.
#pragma once

#include <vector>

#include "data/dataset.hpp"
#include "objectives/objective.hpp"
#include "objectives/parts/times.hpp"

namespace mf {

/// What all lanes share during a step.
struct StepPlan {
    const Dataset& data;
    const VelocityModel& model;
    const Objective& objective;
    const TimeSampler& times;
    std::uint64_t seed;
    std::int64_t batch;
    std::int64_t tile;
    Precision precision;
    bool recompute;
};

/// How a batch is split: `lanes` of them, each taking `tile` rows through the network at a time.
struct LanePlan {
    std::int64_t lanes = 1, tile = 1;
};

/// What train.lanes and train.tile (`lanes`, `tile`, as asked for) come to with `threads` threads and a network that likes
/// `tile_rows` at a time. With fewer rows than threads, threads share every op unless told otherwise. UsageError when `lanes` is neither 0, 1 nor the number of threads.
LanePlan plan_lanes(std::int64_t lanes, std::int64_t tile, std::int64_t batch, std::int64_t threads,
                    std::int64_t tile_rows);

class Lane {
  public:
    /// `device` computes; it must outlive the lane.
    Lane(const ParamStore& params, Device& device)
        : device_(device), pool_(device), gradients_(params), tape_(&gradients_, device) {}

    /// Works on rows [begin, end) of batch number `step`; leaves sums and gradients.
    void run(const StepPlan& plan, std::int64_t step, double progress, std::int64_t begin, std::int64_t end);

    Gradients& gradients() { return gradients_; }
    const LossSums& sums() const { return sums_; }
    const Pool& pool() const { return pool_; }

  private:
    void draw(const StepPlan& plan, const Context& context, std::uint64_t index, std::int64_t row,
              std::int64_t count, Draws& draws);

    static void put_on_device(const Context& context, Draws& draws);

    Device& device_;
    Pool host_pool_;
    Pool pool_;  // first: the tape gives its tensors back to it
    Gradients gradients_;
    Tape tape_;
    LossTotals totals_{pool_};
    LossSums sums_;
};

}  // namespace mf

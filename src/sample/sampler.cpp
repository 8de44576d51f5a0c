// SPDX-License-Identifier: MIT
#include "sample/sampler.hpp"

#include <algorithm>
#include <atomic>
#include <limits>

#include "core/out_of_memory.hpp"
#include "core/rng.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace mf {
namespace {

Tensor rows_of(const Tensor& x, std::int64_t begin, std::int64_t end) {
    if (x.empty()) return {};
    return x.shape().rank() == 1 ? x.reshaped({x.count(), 1}).row_range(begin, end) : x.row_range(begin, end);
}

/// Whether the caller wants an end: asked on the caller's thread, known to all.
class Ending {
  public:
    explicit Ending(const Stop& stop) : stop_(stop) {}
    /// Throws Stopped when it does. `asks`: this is the thread of the caller.
    void check(bool asks) {
        if (asks && stop_ && stop_()) wanted_.store(true, std::memory_order_relaxed);
        if (wanted_.load(std::memory_order_relaxed)) throw Stopped("stopped drawing samples");
    }

  private:
    const Stop& stop_;
    std::atomic<bool> wanted_{false};
};

/// One tile of rows and one step of the plan.
class Stepper {
  public:
    /// `first`: the tile's first sample. `ending`: asked before every pass, `asks` as Ending::check means it.
    Stepper(const Context& context, const VelocityModel& model, const SamplePlan& plan,
            const Condition& condition, std::int64_t first, Ending& ending, bool asks)
        : context_(context),
          model_(model),
          plan_(plan),
          condition_(condition),
          first_(static_cast<std::size_t>(first)),
          ending_(ending),
          asks_(asks) {}

    /// Moves z (rows, D) from time t to time s.
    void step(Tensor& z, double t, double s) const {
        if (plan_.solver == Solver::average) {
            const double r = plan_.look_behind ? t - (s - t) : s;
            return advance(z, velocity(z, r, t), s - t);
        }
        const Tensor v = velocity(z, t, t);
        if (plan_.solver == Solver::euler) return advance(z, v, s - t);
        Tensor ahead = context_.make(z.shape());
        context_.device.convert(ahead, z);
        advance(ahead, v, s - t);
        const Tensor v_ahead = velocity(ahead, s, s);
        advance(z, v, 0.5 * (s - t));
        advance(z, v_ahead, 0.5 * (s - t));
    }

  private:
    Tensor velocity(const Tensor& z, double r, double t) const {
        const Tensor r_column = context_.filled({z.rows(), 1}, static_cast<float>(r)),
                     t_column = context_.filled({z.rows(), 1}, static_cast<float>(t));
        const auto pass = [&](const Condition& condition) {
            ending_.check(asks_);
            return model_.forward(context_, z, r_column, t_column, condition, {.u = true, .v = false})
                .u.value;
        };
        Tensor own = pass(condition_);
        Tensor strengths = context_.make_host({z.rows(), 1});
        bool any = false;
        for (std::int64_t i = 0; i < z.rows(); ++i) {
            const bool guided = is_guided(i, t);
            strengths.f32()[i] = guided ? plan_.second_pass.omega[first_ + static_cast<std::size_t>(i)]
                                        : std::numeric_limits<float>::quiet_NaN();
            any = any || guided;
        }
        if (!any) return own;
        Condition nothing = condition_;
        nothing.labels = context_.make_host({z.rows()}, DType::i32);
        std::fill_n(static_cast<std::int32_t*>(nothing.labels.raw()), z.rows(), plan_.second_pass.null_label);
        context_.device.mix_guidance(own, pass(nothing), strengths.f32());
        return own;
    }
    bool is_guided(std::int64_t row, double t) const {
        const SecondPass& pass = plan_.second_pass;
        const std::size_t at = first_ + static_cast<std::size_t>(row);
        // The ends belong to the interval, whatever their last bits are.
        const auto time = static_cast<float>(t);
        return !pass.omega.empty() && pass.omega[at] != 1.0F && time >= pass.t_min[at] &&
               time <= pass.t_max[at];
    }
    void advance(Tensor& z, const Tensor& velocity, double length) const {
        context_.device.add(z, z, velocity, static_cast<float>(length));
    }

    const Context& context_;
    const VelocityModel& model_;
    const SamplePlan& plan_;
    const Condition& condition_;
    const std::size_t first_;
    Ending& ending_;
    const bool asks_;
};

/// A tile is what the cache of one core holds; a device of its own memory is busy with many of them at once.
std::int64_t rows_at_a_time(const Device& device, const VelocityModel& model) {
    constexpr std::int64_t tiles = 64;
    return model.tile_rows() * (device.host_visible() ? 1 : tiles);
}

/// run(from, to) for all rows, `fit` at a time: half as many from where memory was too small for them.
template <class Run>
void in_parts_that_fit(std::int64_t begin, std::int64_t end, std::int64_t& fit, Run&& run) {
    while (begin < end) {
        const std::int64_t rows = std::min(fit, end - begin);
        try {
            run(begin, begin + rows);
            begin += rows;
        } catch (const OutOfMemory& error) {
            if (rows == 1)
                throw OutOfMemory(fmt::format("{}; one sample at a time was tried", error.what()),
                                  "a smaller network would fit, and --device cpu has other memory");
            fit = (rows + 1) / 2;
        }
    }
}

}  // namespace

std::vector<double> uniform_times(std::int64_t steps, bool forward) {
    check_usage(steps >= 1, "[sample] at least one step is needed, got {}", steps);
    std::vector<double> times;
    for (std::int64_t i = 0; i <= steps; ++i) {
        const double done = static_cast<double>(i) / static_cast<double>(steps);
        times.push_back(forward ? done : 1.0 - done);
    }
    return times;
}

void check_times(const std::vector<double>& times) {
    const bool falls = std::is_sorted(times.rbegin(), times.rend(), std::less_equal<>());
    const bool rises = std::is_sorted(times.begin(), times.end(), std::less_equal<>());
    const bool ends = times.size() >= 2 && std::min(times.front(), times.back()) == 0.0 &&
                      std::max(times.front(), times.back()) == 1.0;
    if (!ends || !(falls || rises))
        throw UsageError("[sample] times must run from 1 to 0 without turning back",
                         "for example --times 1,0.6,0.3,0 for three steps");
}

void sample(Team& team, const VelocityModel& model, const SamplePlan& plan, const Condition& condition,
            std::vector<float>& z, std::int64_t dimensions, const Recorder& recorder, SampleMemory* memory) {
    CpuDevice device(team);
    sample(device, model, plan, condition, z, dimensions, recorder, memory);
}

void sample(Device& device, const VelocityModel& model, const SamplePlan& plan, const Condition& condition,
            std::vector<float>& z, std::int64_t dimensions, const Recorder& recorder, SampleMemory* memory) {
    check_times(plan.times);
    const std::int64_t count = static_cast<std::int64_t>(z.size()) / dimensions;
    check(count * dimensions == static_cast<std::int64_t>(z.size()), "[sample] {} numbers are no rows of {}",
          z.size(), dimensions);
    for (const std::vector<float>* each :
         {&plan.second_pass.omega, &plan.second_pass.t_min, &plan.second_pass.t_max})
        check(plan.second_pass.omega.empty() || std::ssize(*each) == count,
              "[sample] guidance has {} numbers for {} samples", each->size(), count);
    // So few that some lanes would have none: all threads work on every op of one tile.
    const std::int64_t most = std::min(count, rows_at_a_time(device, model));
    const bool together = count <= (device.lanes() - 1) * most;
    const std::int64_t rows_of_tile = together ? count : most,
                       tiles = (count + rows_of_tile - 1) / rows_of_tile;
    Ending ending(plan.stop);
    const auto run_rows = [&](int lane, Pool& pool, Device& own_device, std::int64_t begin, std::int64_t end,
                              std::size_t first, std::size_t last) {
        const Context context{own_device, pool, nullptr, plan.precision};
        const Condition own{rows_of(condition.labels, begin, end), rows_of(condition.omega, begin, end),
                            rows_of(condition.t_min, begin, end), rows_of(condition.t_max, begin, end)};
        const Stepper stepper(context, model, plan, own, begin, ending, lane == 0);
        Tensor here = Tensor::view_of(z.data() + begin * dimensions, {end - begin, dimensions}, DType::f32);
        Tensor rows = context.on_device(here);
        for (std::size_t i = first; i < last; ++i) stepper.step(rows, plan.times[i], plan.times[i + 1]);
        if (rows.hidden()) own_device.download(here.raw(), View(rows).data, here.bytes());
    };
    std::int64_t fit = rows_of_tile;
    const auto run_tile = [&](int lane, Pool& pool, Device& own_device, std::int64_t tile, std::size_t first,
                              std::size_t last) {
        const std::int64_t begin = tile * rows_of_tile, end = std::min(count, begin + rows_of_tile);
        const auto rows = [&](std::int64_t from, std::int64_t to) {
            run_rows(lane, pool, own_device, from, to, first, last);
        };
        if (own_device.host_visible()) return rows(begin, end);
        in_parts_that_fit(begin, end, fit, rows);
    };
    SampleMemory own_memory;
    SampleMemory& pools = memory != nullptr ? *memory : own_memory;
    while (pools.size() < static_cast<std::size_t>(device.lanes())) pools.emplace_back(device);
    // Without a recorder a tile goes all the way before the next starts; with one, all tiles go step by step.
    const std::size_t steps = plan.times.size() - 1, stride = recorder ? 1 : steps;
    if (recorder) recorder(0, z);
    for (std::size_t first = 0; first < steps; first += stride) {
        if (together) run_tile(0, pools[0], device, 0, first, first + stride);
        device.each_lane([&](int lane, Device& own_device) {
            if (together) return;
            for (std::int64_t tile = lane; tile < tiles; tile += device.lanes())
                run_tile(lane, pools[static_cast<std::size_t>(lane)], own_device, tile, first,
                         first + stride);
        });
        if (recorder) recorder(static_cast<std::int64_t>(first + stride), z);
    }
}

std::vector<float> sampling_noise(std::uint64_t seed, std::uint64_t first, std::int64_t count,
                                  std::int64_t dimensions) {
    std::vector<float> out(static_cast<std::size_t>(count * dimensions));
    Random(seed, Stream::sampling).normal_rows(out.data(), dimensions, first, count);
    return out;
}

}  // namespace mf

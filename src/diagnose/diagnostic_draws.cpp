// SPDX-License-Identifier: MIT
#include "diagnose/diagnostic_draws.hpp"

#include <algorithm>

#include "objectives/parts/times.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace mf {
namespace {

/// Apart from the seed of a run, whose first batches would otherwise be looked at.
constexpr std::uint64_t kOwnSeeds = 0x5D1A6;

Tensor constant(std::int64_t rows, float value) {
    Tensor out({rows, 1}, DType::f32);
    out.fill(value);
    return out;
}

std::int32_t* numbers(Tensor& labels) { return static_cast<std::int32_t*>(labels.raw()); }

}  // namespace

DiagnosticDraws diagnostic_draws(const Settings& settings, const Dataset& data, std::uint64_t seed,
                                 std::int64_t count, bool interval, Team& team) {
    DiagnosticDraws out;
    out.rows = count;
    out.dimensions = data.sample_shape().count();
    out.x = Tensor({count, out.dimensions}, DType::f32);
    Tensor e({count, out.dimensions}, DType::f32);
    out.t = Tensor({count, 1}, DType::f32);
    out.r = Tensor({count, 1}, DType::f32);
    if (data.classes() > 0)
        out.condition = {.labels = Tensor({count}, DType::i32),
                         .omega = constant(count, 1),
                         .t_min = constant(count, 0),
                         .t_max = constant(count, 1)};
    const std::uint64_t own = seed + kOwnSeeds;
    data.draw(out.x.f32(), data.classes() > 0 ? numbers(out.condition.labels) : nullptr,
              Random(own, Stream::evaluation), 0, count);
    Random(own, Stream::noise).normal_rows(e.f32(), out.dimensions, 0, count);
    TimeSampler times = TimeSampler::make(settings);
    times.equal_share = times.whole_share = 0;
    times.single_equal = !interval;
    times.draw(out.t.f32(), out.r.f32(), interval ? 0 : count, 0, Random(own, Stream::times), 0, count);
    const Path path = Path::make(settings);
    out.reverse = path.is_reverse();
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool};
    const auto kept = [](const Tensor& from) {  // outlives the pool
        Tensor to(from.shape(), DType::f32);
        to.copy_from(from);
        return to;
    };
    out.z = kept(path.at(context, out.x, e, out.t));
    out.v = kept(path.velocity(context, out.x, e));
    return out;
}

void each_of(std::int64_t count, Precision precision, Team& team, Device* device,
             const std::function<void(const Context&, std::int64_t)>& work) {
    if (device != nullptr) {
        Pool host, pool(*device);
        const Context context{*device, pool, nullptr, precision, false, &host};
        for (std::int64_t i = 0; i < count; ++i) work(context, i);
        return;
    }
    team.run([&](int lane) {
        Pool pool;
        Team solo(1);
        CpuDevice own(solo);
        const Context context{own, pool, nullptr, precision};
        for (std::int64_t i = lane; i < count; i += team.size()) work(context, i);
    });
}

Condition condition_rows(const Condition& condition, std::int64_t begin, std::int64_t end) {
    if (condition.labels.empty()) return {};
    const std::int64_t all = condition.labels.count();
    return {condition.labels.reshaped({all, 1}).row_range(begin, end).reshaped({end - begin}),
            condition.omega.row_range(begin, end), condition.t_min.row_range(begin, end),
            condition.t_max.row_range(begin, end)};
}

Condition repeated_condition(const Condition& condition, std::int64_t row, std::int64_t rows) {
    if (condition.labels.empty()) return {};
    Condition out{.labels = Tensor({rows}, DType::i32),
                  .omega = constant(rows, 1),
                  .t_min = constant(rows, 0),
                  .t_max = constant(rows, 1)};
    std::fill_n(numbers(out.labels), rows, static_cast<const std::int32_t*>(condition.labels.raw())[row]);
    return out;
}

Moving moving_pass(const Context& context, const VelocityModel& model, const Tensor& z, const Tensor& dz,
                   const Tensor& r, const Tensor& t, const Condition& condition) {
    const Tensor one = context.filled({z.rows(), 1}, 1.0F);
    const UV f =
        model.forward(context, Dual(context.on_device(z)).moving(context.on_device(dz)), context.on_device(r),
                      Dual(context.on_device(t)).moving(one), condition, {.u = true, .v = false});
    return {context.on_host(f.u.value), context.on_host(f.u.tangent)};
}

}  // namespace mf

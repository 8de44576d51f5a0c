// SPDX-License-Identifier: MIT
#include "train/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

#include "data/images.hpp"
#include "objectives/parts/path.hpp"
#include "objectives/parts/weighting.hpp"
#include "ops/devices.hpp"
#include "optim/ema.hpp"
#include "optim/optimiser.hpp"
#include "optim/schedule.hpp"
#include "train/lane.hpp"
#include "train/make_model.hpp"
#include "train/memory_account.hpp"

namespace mf {

struct Trainer::Parts {
    Settings settings;
    Team team;
    std::shared_ptr<Device> own_device;
    Device& device;
    std::unique_ptr<Dataset> data;
    DataPrint data_print;
    std::unique_ptr<Objective> objective;
    std::unique_ptr<VelocityModel> model;
    TimeSampler times;
    std::int64_t steps, batch, tile = 1;
    Precision precision;
    bool recompute, ema_warmup;
    std::vector<std::unique_ptr<Lane>> lanes;
    std::unique_ptr<Optimiser> optimiser;
    Schedule schedule;
    std::vector<Ema> emas;
    std::vector<std::string> ema_names;
    std::vector<Into> gradients;             // of the lanes
    std::vector<std::vector<float>> copies;  // of weights that the host does not see
    double clip;
    std::int64_t done = 0;
    std::int64_t guidance_rows = 0, steps_seen = 0;  // of this process
    bool begun = false;                              // with a step, or its rehearsal

    /// `given`: data in memory; without any, the settings say what to make.
    Parts(const Settings& s, const Machine& machine, std::optional<std::vector<std::string>> class_order,
          GivenData given)
        : settings(s),
          team(machine.threads),
          own_device(machine.given ? machine.given : open_device(machine.device, team)),
          device(*own_device),
          data(given.data ? std::move(given.data) : make_dataset(s, {std::move(class_order), team.size()})),
          data_print(!given.print.counts.empty() ? std::move(given.print)
                     : data->images() == nullptr ? DataPrint{}
                                                 : data->images()->print()),
          objective(objective_catalogue().at(s.text("objective.name")).make(s)),
          model(make_model(s, kind_of(*data), *objective)),
          times(TimeSampler::make(s)),
          steps(s.integer("train.steps")),
          batch(s.integer("train.batch")),
          precision(s.text("precision") == "bf16" ? Precision::bf16 : Precision::f32),
          recompute(s.flag("train.recompute")),
          ema_warmup(s.flag("ema.warmup")),
          schedule(Schedule::make(s, steps)),
          clip(s.real("optim.clip")) {
        // Without an interval there is one time a row, drawn as it is: not the later of two.
        if (!objective->needs_interval())
            times.equal_share = 1, times.whole_share = 0, times.single_equal = true;
        const LanePlan plan = plan_lanes(s.integer("train.lanes"), s.integer("train.tile"), batch,
                                         device.lanes(), device.host_visible() ? model->tile_rows() : batch);
        tile = plan.tile;
        model->initialise(seed());
        with_memory([&] {
            place(plan.lanes);
            if (!device.host_visible()) rehearse();
        });
    }

    /// All that lives as long as the run, where the device has it.
    void place(std::int64_t lane_count) {
        model->params().move_to(device);
        // One lane alone has all threads.
        for (int i = 0; i < lane_count; ++i)
            lanes.push_back(
                std::make_unique<Lane>(model->params(), lane_count == 1 ? device : device.lane(i)));
        optimiser = optimiser_catalogue().at(settings.text("optim.name")).make(settings, model->params());
        for (const auto& lane : lanes) gradients.push_back(lane->gradients().all());
        model->params().repack(device, precision);
        for (const std::string& decay : settings.texts("ema.decays")) {
            const Option as_number{"ema.decays", OptionKind::real, "0.999", "decay of the average", 0,
                                   0.9999999};
            check_option_text(as_number, decay);
            emas.emplace_back(std::stod(decay), model->params(), device);
            ema_names.push_back("ema_" + decay);
        }
    }

    /// Rows of the first tile, forwards and backwards: memory is taken and kernels are made, nothing else changes.
    void rehearse() {
        begun = true;
        const StepPlan plan{*data, *model, *objective, times, seed(), batch, tile, precision, recompute};
        lanes[0]->run(plan, 0, 0.0, 0, std::min(tile, batch));
        device.synchronise();
    }

    MemoryAccount account() const {
        MemoryAccount out;
        const auto floats = static_cast<std::size_t>(model->params().count()) * sizeof(float);
        out.weights = floats;
        out.copies = model->params().copied_bytes();
        out.gradients = floats * std::max<std::size_t>(1, lanes.size());
        if (optimiser != nullptr)
            for (const auto& [name, tensor] : optimiser->state()) out.moments += tensor.bytes();
        out.averages = floats * settings.texts("ema.decays").size();
        out.rows = std::min(tile, batch);
        for (const auto& lane : lanes) out.activations += begun ? lane->pool().reserved_bytes() : 0;
        return out;
    }

    /// work(); where memory ends, the error says what it is for.
    template <class Work>
    auto with_memory(Work&& work) -> decltype(work()) {
        try {
            return work();
        } catch (const OutOfMemory& error) {
            throw with_account(error, account(), settings);
        } catch (const std::bad_alloc&) {
            throw with_account(OutOfMemory("[memory] the system has no more"), account(), settings);
        }
    }

    std::uint64_t seed() const { return static_cast<std::uint64_t>(settings.integer("seed")); }

    /// Every lane takes a contiguous share of the tiles.
    void run_lanes() {
        const StepPlan plan{*data, *model, *objective, times, seed(), batch, tile, precision, recompute};
        const double progress =
            static_cast<double>(done) / static_cast<double>(std::max<std::int64_t>(1, steps));
        if (lanes.size() == 1) return lanes[0]->run(plan, done, progress, 0, batch);
        const std::int64_t tiles = (batch + tile - 1) / tile;
        const auto count = static_cast<std::int64_t>(lanes.size());
        device.each_lane([&](int lane, Device&) {
            const std::int64_t begin = tiles * lane / count * tile;
            const std::int64_t end = std::min(batch, tiles * (lane + 1) / count * tile);
            lanes[static_cast<std::size_t>(lane)]->run(plan, done, progress, begin, end);
        });
    }

    StepReport step();

    /// Adds the lanes' gradients into the first lane's; returns the norm. Sums go in a fixed order.
    double gather_gradients() { return std::sqrt(device.gather_squares(gradients)); }

    /// A part of what a checkpoint holds, where the device has it.
    struct StatePart {
        std::string name;
        Into where;
        Shape shape;
    };
    std::vector<StatePart> state() {
        std::vector<StatePart> out;
        const auto add_weights = [&](const std::string& prefix, Into flat) {
            for (const Param& param : model->params().all())
                out.push_back({prefix + "." + param.name,
                               {flat.f32() + param.offset, 1, param.shape.count(), DType::f32},
                               param.shape});
        };
        add_weights("model", model->params().whole());
        for (std::size_t i = 0; i < emas.size(); ++i) add_weights(ema_names[i], emas[i].values());
        for (auto& [name, tensor] : optimiser->state())
            out.push_back({"optimiser." + name, tensor, tensor.shape()});
        return out;
    }

    /// Numbers of the device for the host: themselves, or a copy that is made again at every call with this index.
    std::span<const float> here(View numbers, std::size_t index) {
        const auto count = static_cast<std::size_t>(numbers.count());
        if (device.host_visible()) return {numbers.f32(), count};
        if (copies.size() <= index) copies.resize(index + 1);
        copies[index].resize(count);
        device.download(copies[index].data(), numbers.data, count * sizeof(float));
        return copies[index];
    }

    /// What the optimiser multiplies every gradient with.
    double gradient_scale(double norm) const { return clip > 0 && norm > clip ? clip / norm : 1.0; }

    /// True when an update would be made of numbers that are not finite. A gradient whose square overflows would leave
    /// second moments that are infinite for ever, with which nothing moves any more.
    bool is_beyond(double norm, double loss) const {
        constexpr double most = 1.8e19;  // its square is the largest f32
        return !std::isfinite(loss) || !std::isfinite(norm) || norm * gradient_scale(norm) > most;
    }

    std::string culprit(double loss, double norm) {
        if (!std::isfinite(loss)) return "loss";
        if (std::isfinite(norm)) return "gradient's square";
        for (const Param& param : model->params().all()) {
            if (!device.all_finite(lanes[0]->gradients().into(param))) return "gradient of " + param.name;
        }
        return "gradient norm";
    }
};

OptionTable Trainer::options() {
    OptionTable table = {
        {"seed", OptionKind::integer, "0", "every random number of the run follows from it", 0},
        {"precision",
         OptionKind::text,
         "f32",
         "bf16: GEMM operands and kept activations in bf16, all else in f32",
         0,
         0,
         {"f32", "bf16"}},
        {"train.steps", OptionKind::integer, "5001", "optimisation steps", 0},
        {"train.batch", OptionKind::integer, "4096", "samples a step", 1, 1 << 24},
        {"train.tile", OptionKind::integer, "-1",
         "rows a lane takes through the network at a time; 0: all, -1: what suits network and device", -1},
        {"train.recompute", OptionKind::flag, "false",
         "blocks keep their input only and run again for their adjoint: less memory, a third more time"},
        {"train.lanes", OptionKind::integer, "0",
         "0: each thread takes rows of its own, where there are rows for all; 1: threads share every op "
         "(layer by layer)",
         0},
        {"ema.decays", OptionKind::texts, "", "moving averages of the weights to keep, e.g. 0.99,0.999"},
        {"ema.warmup", OptionKind::flag, "false",
         "decay of step n at most n / (n + 9): short runs are not averaged with noise"},
    };
    for (const OptionTable* part :
         {&TimeSampler::options(), &Path::options(), &Weighting::options(), &Schedule::options()})
        table.insert(table.end(), part->begin(), part->end());
    return table;
}

Trainer::Trainer(const Settings& settings, const Machine& machine,
                 std::optional<std::vector<std::string>> class_order)
    : parts_(std::make_unique<Parts>(settings, machine, std::move(class_order), GivenData{})) {}
Trainer::Trainer(const Settings& settings, const Machine& machine, GivenData data)
    : parts_(std::make_unique<Parts>(settings, machine, std::nullopt, std::move(data))) {}
Trainer::~Trainer() = default;

StepReport Trainer::step() {
    return parts_->with_memory([&] { return parts_->step(); });
}

StepReport Trainer::Parts::step() {
    Parts& p = *this;
    begun = true;
    p.run_lanes();
    const double norm = p.gather_gradients();
    LossSums sums;
    for (const auto& lane : p.lanes) sums += lane->sums();
    const auto rows = static_cast<double>(sums.rows);
    p.guidance_rows += sums.guidance_rows, ++p.steps_seen;
    StepReport report{.step = p.done + 1,
                      .loss = sums.loss,
                      .square_u = sums.square_u / rows,
                      .square_v = sums.square_v / rows,
                      .square_jvp = sums.square_jvp / rows,
                      .gradient_norm = norm,
                      .rate = p.schedule.at(p.done),
                      .skipped = p.is_beyond(norm, sums.loss),
                      .culprit = {}};
    if (report.skipped) {
        report.culprit = p.culprit(sums.loss, norm);
    } else {
        ParamStore& params = p.model->params();
        p.optimiser->update(p.device, params.whole(), p.gradients[0], p.done, report.rate,
                            p.gradient_scale(norm));
        for (Ema& ema : p.emas) ema.update(p.device, params.whole(), p.ema_warmup ? p.done + 1 : 0);
        params.repack(p.device, p.precision);
    }
    ++p.done;
    return report;
}

std::int64_t Trainer::steps_done() const { return parts_->done; }
std::int64_t Trainer::steps_planned() const { return parts_->steps; }
const Dataset& Trainer::data() const { return *parts_->data; }
const DataPrint& Trainer::data_print() const { return parts_->data_print; }
const VelocityModel& Trainer::model() const { return *parts_->model; }
Team& Trainer::team() { return parts_->team; }
std::shared_ptr<Device> Trainer::device() const { return parts_->own_device; }
std::string Trainer::device_name() const { return parts_->device.name(); }
Traffic Trainer::traffic() const { return parts_->device.traffic(); }

std::vector<Weights> Trainer::weights() const {
    Parts& p = *parts_;
    std::vector<Weights> out{{"online", p.here(p.model->params().whole(), 0)}};
    for (std::size_t i = 0; i < p.emas.size(); ++i)
        out.push_back({p.ema_names[i], p.here(p.emas[i].values(), i + 1)});
    return out;
}

std::vector<std::pair<std::string, Tensor>> Trainer::state() {
    std::vector<std::pair<std::string, Tensor>> out;
    for (const auto& [name, where, shape] : parts_->state()) {
        if (parts_->device.host_visible()) {
            out.emplace_back(name, Tensor::view_of(where.data, shape, DType::f32));
        } else {
            Tensor copy(shape, DType::f32);
            parts_->device.download(copy.raw(), where.data, copy.bytes());
            out.emplace_back(name, std::move(copy));
        }
    }
    return out;
}

void Trainer::load(const std::vector<std::pair<std::string, Tensor>>& saved, std::int64_t steps_done) {
    const auto found_as = [&](const std::string& name) {
        return std::ranges::find(saved, name, &std::pair<std::string, Tensor>::first);
    };
    const std::vector<Parts::StatePart> own = parts_->state();
    for (const auto& [name, where, shape] : own) {
        const auto found = found_as(name);
        check(found != saved.end(), "[checkpoint] has no tensor {}", name);
        check(found->second.shape() == shape && found->second.dtype() == DType::f32,
              "[checkpoint] {} must be {} f32 but is {} {}", name, shape, found->second.shape(),
              name_of(found->second.dtype()));
    }
    // Only now that everything fits is anything overwritten.
    for (const auto& [name, where, shape] : own) {
        const Tensor& from = found_as(name)->second;
        parts_->device.upload(where.data, from.raw(), from.bytes());
    }
    parts_->done = steps_done;
    parts_->model->params().repack(parts_->device, parts_->precision);
}

void Trainer::start_from(const std::map<std::string, Tensor>& weights) {
    Parts& p = *parts_;
    check(p.done == 0, "[trainer] weights to start from come before the first step");
    for (const Param& param : p.model->params().all()) {
        const auto found = weights.find(param.name);
        check(found != weights.end() && found->second.shape() == param.shape, "[trainer] no weights for {}",
              param.name);
        Tensor numbers(param.shape, DType::f32);
        numbers.copy_from(found->second);
        p.device.upload(Into(p.model->params().whole()).f32() + param.offset, numbers.raw(), numbers.bytes());
    }
    p.emas.clear();
    for (const std::string& decay : p.settings.texts("ema.decays"))
        p.emas.emplace_back(std::stod(decay), p.model->params(), p.device);
    p.model->params().repack(p.device, p.precision);
}

std::string Trainer::not_finite() {
    for (const auto& [name, where, shape] : parts_->state())
        if (!parts_->device.all_finite(where)) return name;
    return "";
}

double Trainer::flops_per_step() const {
    const Parts& p = *parts_;
    const auto batch = static_cast<double>(p.batch);
    // How many rows the passes for v_θ have depends on the draws; before the first step one a row is assumed.
    const double rows =
        p.steps_seen == 0 ? batch : static_cast<double>(p.guidance_rows) / static_cast<double>(p.steps_seen);
    return p.objective->flops_per_row(*p.model, p.times.equal_share) * batch +
           p.objective->flops_per_guidance_row(*p.model) * rows;
}

std::size_t Trainer::plan_bytes() const {
    std::size_t bytes = 0;
    for (const auto& lane : parts_->lanes)
        bytes += lane->pool().reserved_bytes() +
                 static_cast<std::size_t>(lane->gradients().all().count()) * sizeof(float);
    return bytes;
}

std::uint64_t Trainer::pool_allocations() const {
    std::uint64_t count = 0;
    for (const auto& lane : parts_->lanes) count += lane->pool().system_allocations();
    return count;
}

}  // namespace mf

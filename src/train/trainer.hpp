// SPDX-License-Identifier: MIT
// The training loop's one step, without files, screens or signals.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "data/arrays.hpp"
#include "data/data_print.hpp"
#include "data/dataset.hpp"
#include "device/traffic.hpp"
#include "nn/velocity_model.hpp"
#include "objectives/objective.hpp"

namespace mf {

class Device;

/// What one step did.
struct StepReport {
    std::int64_t step = 0;                              ///< number of the step just made, from 1
    double loss = 0;                                    ///< mean over the batch
    double square_u = 0, square_v = 0, square_jvp = 0;  ///< means over the batch, see LossSums
    double gradient_norm = 0;
    double rate = 0;       ///< learning rate used
    bool skipped = false;  ///< loss, gradient or its square was not finite: the weights are as before
    std::string culprit;   ///< when skipped: "gradient of network.4.weight" or "loss"
};

/// A named copy of the weights.
struct Weights {
    std::string name;  ///< "online" or "ema_0.999"
    std::span<const float> values;
};

/// What a run is computed by: threads of the CPU (0: all cores), and a device (ops/devices.hpp). Whatever the device, the
/// threads draw the data.
struct Machine {
    int threads = 0;
    std::string device = "cpu";
    std::shared_ptr<Device> given;  ///< a device that the caller has opened, in the place of one by name
    Machine(int t, std::string d = "cpu") : threads(t), device(std::move(d)) {}  // NOLINT: threads alone
};

class Trainer {
  public:
    /// Keys that a trainer reads besides those of its parts: seed, precision, train.*, times.*, schedule.*, ema.*.
    static OptionTable options();
    /// `settings` must hold the keys of `options()` and of the chosen data, model, objective and optimiser.
    /// `threads` 0: all cores. `class_order`: names of the classes by label, where a checkpoint fixed them (see DataPlan).
    /// On a device of its own memory one tile is worked on as a rehearsal, so that what it lacks (kernels: UsageError,
    /// memory: OutOfMemory, which names the plan and what to lower) is known before anything is written.
    Trainer(const Settings& settings, const Machine& machine,
            std::optional<std::vector<std::string>> class_order = std::nullopt);
    /// On data that the caller has in memory (settings: data.name=arrays).
    Trainer(const Settings& settings, const Machine& machine, GivenData data);
    ~Trainer();

    /// OutOfMemory as above.
    StepReport step();
    std::int64_t steps_done() const;
    std::int64_t steps_planned() const;  ///< train.steps

    const Dataset& data() const;
    const DataPrint& data_print() const;  ///< of data(), as it was when the trainer was made
    const VelocityModel& model() const;
    Team& team();
    /// What computes. Where it is not the CPU, models that are shown on the way may be put there, too, as long as no step
    /// is being made beside them.
    std::shared_ptr<Device> device() const;
    /// "cpu"
    std::string device_name() const;
    /// To and from that device, since it was opened.
    Traffic traffic() const;
    /// Online weights first, then every EMA, in the order of ema.decays.
    std::vector<Weights> weights() const;
    /// Everything that the next step depends on besides the settings, by name; load() takes it back bit for bit.
    std::vector<std::pair<std::string, Tensor>> state();
    void load(const std::vector<std::pair<std::string, Tensor>>& state, std::int64_t steps_done);

    /// Before the first step: these weights (every parameter by its name, of its shape) in the place of random ones; the
    /// averages start from them, too.
    void start_from(const std::map<std::string, Tensor>& weights);

    /// Name of a tensor of the state that holds a number which is not finite; empty: they all are.
    std::string not_finite();

    double flops_per_step() const;   ///< of the exact algorithm
    std::size_t plan_bytes() const;  ///< memory of activations, gradients and records (after the first step)
    std::uint64_t pool_allocations() const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "ops/bench.hpp"

#include <algorithm>

#include "core/stopwatch.hpp"
#include "device/lacks_kernel.hpp"
#include "ops/cases/operands.hpp"

namespace mf {
namespace {

constexpr double kSecondsAPass = 0.01;
constexpr int kLeastRuns = 5;

/// One case, ready to be run again and again.
class Bench {
  public:
    Bench(const OpCase& op_case, Device& device)
        : case_(op_case),
          device_(device),
          pool_(device),
          operands_(op_case, device_),
          gradients_(operands_.store()),
          tape_(&gradients_, device_) {}

    PassTiming value() {
        const double bytes = static_cast<double>(operands_.bytes() + result_bytes());
        return best(case_.work.value, bytes, [this] {
            const Stopwatch watch;
            forward(false, false);
            device_.synchronise();
            return watch.seconds();
        });
    }
    PassTiming with_tangent() {
        if (case_.reduces) return {};
        const double bytes = static_cast<double>(2 * (data_bytes() + result_bytes()) + parameter_bytes());
        return best(case_.work.value + case_.work.tangent, bytes, [this] {
            const Stopwatch watch;
            forward(true, false);
            device_.synchronise();
            return watch.seconds();
        });
    }
    PassTiming adjoint() {
        const double bytes = static_cast<double>(2 * operands_.bytes() + result_bytes());
        return best(case_.work.adjoint, bytes, [this] {
            const Dual y = forward(false, true);
            Tensor seed(y.value.shape(), DType::f32, &pool_);
            device_.fill(seed, 1.0F);
            tape_.add_gradient(y.slot, std::move(seed));
            device_.synchronise();
            const Stopwatch watch;
            tape_.backward(tape_.new_slot(), pool_);
            device_.synchronise();
            return watch.seconds();
        });
    }

  private:
    Dual forward(bool moving, bool taped) {
        const Context context{device_, pool_, taped ? &tape_ : nullptr, case_.precision, false, &host_pool_};
        for (std::size_t i = 0; i < case_.data.size(); ++i) {
            if (duals_.size() <= i) {
                duals_.emplace_back(context.on_device(operands_.data()[i]));
                tangents_.push_back(context.on_device(operands_.tangents()[i]));
            }
            const bool differentiated = case_.data[i].differentiated;
            duals_[i].tangent = moving && differentiated ? tangents_[i] : Tensor();
            duals_[i].slot = taped && differentiated ? tape_.new_slot() : GradSlot{};
        }
        return case_.run(context, duals_, operands_.params());
    }
    std::size_t parameter_bytes() const {
        return static_cast<std::size_t>(operands_.store().count()) * sizeof(float);
    }
    std::size_t data_bytes() const { return operands_.bytes() - parameter_bytes(); }
    std::size_t result_bytes() { return forward(false, false).value.bytes(); }

    /// `run` returns the seconds that count.
    template <class Run>
    static PassTiming best(double flops, double bytes, Run run) {
        run();
        double least = run();
        const Stopwatch watch;
        for (int i = 0; i < kLeastRuns || watch.seconds() < kSecondsAPass; ++i)
            least = std::min(least, run());
        return {.ms = least * 1e3, .gflops = flops / least * 1e-9, .gbytes = bytes / least * 1e-9};
    }

    const OpCase& case_;
    Device& device_;
    Pool host_pool_;
    Pool pool_;
    CaseOperands operands_;
    Gradients gradients_;
    Tape tape_;
    std::vector<Dual> duals_;
    std::vector<Tensor> tangents_;
};

}  // namespace

std::vector<OpTiming> time_ops(Device& device, Precision precision, std::string_view filter) {
    std::vector<OpTiming> out;
    for (const OpEntry& entry : op_catalogue()) {
        if (entry.name.find(filter) == std::string::npos) continue;
        for (const OpCase& op_case : entry.timed(precision)) {
            OpTiming timing{entry.name, op_case.name, op_case.precision, {}, {}, {}};
            try {
                Bench bench(op_case, device);
                timing.value = bench.value();
                timing.with_tangent = bench.with_tangent();
                timing.adjoint = bench.adjoint();
            } catch (const LacksKernel&) {
                timing.lacking = true;
            }
            out.push_back(std::move(timing));
        }
    }
    return out;
}

}  // namespace mf

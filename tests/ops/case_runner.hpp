// SPDX-License-Identifier: MIT
// Runs a case in every way the battery wants to see it run, and collects what comes out.
#pragma once

#include <utility>

#include "core/rng.hpp"
#include "ops/cases/operands.hpp"

namespace mf {

/// One call of the op within a pass.
struct Use {
    std::size_t seed = 0;     ///< which ȳ its result gets
    DType type = DType::f32;  ///< in which that arrives
    bool needed = true;       ///< false: nobody asks for the result's gradient
};

/// How a case is run.
struct Drive {
    /// Tangent rows of each data operand; -1: no tangent, 0: a tangent of no rows. Empty: none moves.
    std::vector<std::int64_t> moving = {};
    bool taped = false;
    std::vector<Use> uses = {Use{}};   ///< the op is called so often on the same operands
    float held = 0;                    ///< what all gradients of parameters hold before
    std::int64_t begin = 0, end = -1;  ///< rows of the data
    std::vector<bool> wanted = {};  ///< which data operands collect gradients; empty: all differentiated ones
    bool same_value = false;        ///< operand 1 has the values of operand 0 ...
    bool same_slot = false;         ///< ... and is the very same Dual
    double tangent_scale = 1;
    bool other_tangents = false;  ///< a second set of tangents
    bool both_tangents = false;   ///< first plus second set
};

struct Outcome {
    std::vector<float> value, tangent;  ///< of the first use
    std::int64_t rows = 0, tangent_rows = 0;
    std::vector<std::vector<float>> data_gradients;  ///< empty: none arrived
    std::vector<float> param_gradients;
    bool result_kept = false;  ///< the result's gradient was still on the tape at the end
};

inline std::vector<float> to_floats(const Tensor& x) {
    if (x.empty()) return {};
    Tensor out(x.shape(), DType::f32);
    out.copy_from(x);
    return {out.floats().begin(), out.floats().end()};
}

/// The same of a tensor that may be where the host does not see it.
inline std::vector<float> fetched(Device& device, const Tensor& x) {
    if (!x.hidden()) return to_floats(x);
    Tensor here(x.shape(), x.dtype());
    device.download(here.raw(), View(x).data, x.bytes());
    return to_floats(here);
}

class CaseRunner {
  public:
    explicit CaseRunner(const OpCase& op_case, Device& device, bool guarded = false)
        : pool(device, guarded),
          operands(op_case, device, 1),
          case_(op_case),
          others_(op_case, device, 2),
          device_(device),
          gradients(operands.store()),
          tape_(&gradients, device_) {}

    Device& device() const { return device_; }
    std::int64_t rows() const { return operands.data()[0].rows(); }

    Outcome run(const Drive& drive) {
        Outcome out;
        device_.fill(gradients.all(), drive.held);
        run_onto(drive, out);
        out.param_gradients.resize(static_cast<std::size_t>(operands.store().count()));
        device_.download(out.param_gradients.data(), gradients.all().data,
                         out.param_gradients.size() * sizeof(float));
        return out;
    }

    /// ȳ number `index`, for all rows of the result.
    Tensor seed(std::int64_t rows, std::int64_t cols, std::size_t index) const {
        const bool exact16 = case_.precision == Precision::bf16 && case_.exact_operands;
        return CaseOperands::draw({rows, cols}, DType::f32, 1.0, exact16, 3, index);
    }
    /// What moves data operand i: `n` rows (-1: none).
    Tensor tangent(std::size_t i, std::int64_t n, const Drive& drive, std::int64_t end) const {
        const Tensor& full = operands.tangents()[i];
        if (n < 0 || full.empty()) return {};
        const Tensor& other = others_.tangents()[i];
        Tensor sum(full.shape(), DType::f32);
        const std::vector<float> a = to_floats(full), b = to_floats(other);
        for (std::size_t k = 0; k < a.size(); ++k)
            sum.f32()[k] = static_cast<float>(drive.tangent_scale) * (drive.both_tangents    ? a[k] + b[k]
                                                                      : drive.other_tangents ? b[k]
                                                                                             : a[k]);
        Tensor out(full.shape(), full.dtype());
        out.copy_from(sum);
        return out.row_range(end - n, end);
    }

    Pool pool;
    CaseOperands operands;

  private:
    void run_onto(const Drive& drive, Outcome& out) {
        const Context context{device_, pool, drive.taped ? &tape_ : nullptr, case_.precision};
        std::vector<Dual> duals = make_duals(drive);
        out.data_gradients.resize(duals.size());
        // Recorded first, so run last: reads what has arrived at the operands.
        GradSlot result{};
        if (drive.taped)
            tape_.record([&](Tape& tape) {
                for (std::size_t i = 0; i < duals.size(); ++i)
                    if (duals[i].slot.wanted())
                        out.data_gradients[i] = fetched(device_, tape.take_gradient(duals[i].slot));
                out.result_kept = result.wanted() && !tape.take_gradient(result).empty();
            });
        for (const Use& use : drive.uses) {
            Dual y = case_.run(context, duals, operands.params());
            if (out.rows == 0) {
                out.value = fetched(device_, y.value);
                out.tangent = fetched(device_, y.tangent);
                out.rows = y.rows();
                out.tangent_rows = y.tangent_rows();
                result = y.slot;
            }
            if (drive.taped && use.needed) give_seed(drive, y, use);
        }
        if (drive.taped) tape_.backward(tape_.new_slot(), pool);
    }

    void give_seed(const Drive& drive, const Dual& y, const Use& use) {
        const std::int64_t begin = case_.reduces ? 0 : drive.begin;
        const Tensor full = seed(case_.reduces ? 1 : rows(), y.cols(), use.seed);
        Tensor seed(y.value.shape(), use.type);
        seed.copy_from(full.row_range(begin, begin + y.rows()));
        tape_.add_gradient(y.slot, own(seed));
    }

    /// The same numbers as a tensor of the pool.
    Tensor own(const Tensor& x) {
        if (x.empty()) return x;
        Tensor out(x.shape(), x.dtype(), &pool);
        device_.upload(Into(out).data, x.raw(), x.bytes());
        return out;
    }

    std::vector<Dual> make_duals(const Drive& drive) {
        std::vector<Dual> duals;
        const std::int64_t end = drive.end < 0 ? rows() : drive.end;
        for (std::size_t i = 0; i < case_.data.size(); ++i) {
            const std::size_t from = i == 1 && drive.same_value ? 0 : i;
            Dual dual(own(operands.data()[from].row_range(drive.begin, end)));
            if (!drive.moving.empty()) dual.tangent = own(tangent(from, drive.moving[i], drive, end));
            const bool wanted = case_.data[i].differentiated && (drive.wanted.empty() || drive.wanted[i]);
            if (drive.taped && wanted)
                dual.slot = i == 1 && drive.same_slot ? duals[0].slot : tape_.new_slot();
            duals.push_back(std::move(dual));
        }
        return duals;
    }

    const OpCase& case_;
    CaseOperands others_;
    Device& device_;

  public:
    Gradients gradients;

  private:
    Tape tape_;
};

/// All data operands with tangents over `n` rows.
inline std::vector<std::int64_t> all_moving(const OpCase& op_case, std::int64_t n) {
    return std::vector<std::int64_t>(op_case.data.size(), n);
}

}  // namespace mf

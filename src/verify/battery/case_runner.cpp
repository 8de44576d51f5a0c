// SPDX-License-Identifier: MIT
#include "verify/battery/case_runner.hpp"

#include <utility>

#include "core/rng.hpp"

namespace mf::verify {

std::vector<float> to_floats(const Tensor& x) {
    if (x.empty()) return {};
    Tensor out(x.shape(), DType::f32);
    out.copy_from(x);
    return {out.floats().begin(), out.floats().end()};
}

std::vector<float> fetched(Device& device, const Tensor& x) {
    if (!x.hidden()) return to_floats(x);
    Tensor here(x.shape(), x.dtype());
    device.download(here.raw(), View(x).data, x.bytes());
    return to_floats(here);
}

CaseRunner::CaseRunner(const OpCase& op_case, Device& device, bool guarded)
    : pool(device, guarded),
      operands(op_case, device, 1),
      case_(op_case),
      others_(op_case, device, 2),
      device_(device),
      gradients(operands.store()),
      tape_(&gradients, device_) {}

Outcome CaseRunner::run(const Drive& drive) {
    Outcome out;
    device_.fill(gradients.all(), drive.held);
    run_onto(drive, out);
    out.param_gradients.resize(static_cast<std::size_t>(operands.store().count()));
    device_.download(out.param_gradients.data(), gradients.all().data,
                     out.param_gradients.size() * sizeof(float));
    return out;
}

Tensor CaseRunner::seed(std::int64_t rows, std::int64_t cols, std::size_t index) const {
    const bool exact16 = case_.precision == Precision::bf16 && case_.exact_operands;
    return CaseOperands::draw({rows, cols}, DType::f32, 1.0, exact16, 3, index);
}

Tensor CaseRunner::tangent(std::size_t i, std::int64_t n, const Drive& drive, std::int64_t end) const {
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

void CaseRunner::run_onto(const Drive& drive, Outcome& out) {
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

void CaseRunner::give_seed(const Drive& drive, const Dual& y, const Use& use) {
    const std::int64_t begin = case_.reduces ? 0 : drive.begin;
    const Tensor full = seed(case_.reduces ? 1 : rows(), y.cols(), use.seed);
    Tensor seed(y.value.shape(), use.type);
    seed.copy_from(full.row_range(begin, begin + y.rows()));
    tape_.add_gradient(y.slot, own(seed));
}

Tensor CaseRunner::own(const Tensor& x) {
    if (x.empty()) return x;
    Tensor out(x.shape(), x.dtype(), &pool);
    device_.upload(Into(out).data, x.raw(), x.bytes());
    return out;
}

std::vector<Dual> CaseRunner::make_duals(const Drive& drive) {
    std::vector<Dual> duals;
    const std::int64_t end = drive.end < 0 ? rows() : drive.end;
    for (std::size_t i = 0; i < case_.data.size(); ++i) {
        const std::size_t from = i == 1 && drive.same_value ? 0 : i;
        Dual dual(own(operands.data()[from].row_range(drive.begin, end)));
        if (!drive.moving.empty()) dual.tangent = own(tangent(from, drive.moving[i], drive, end));
        const bool wanted = case_.data[i].differentiated && (drive.wanted.empty() || drive.wanted[i]);
        if (drive.taped && wanted) dual.slot = i == 1 && drive.same_slot ? duals[0].slot : tape_.new_slot();
        duals.push_back(std::move(dual));
    }
    return duals;
}

std::vector<std::int64_t> all_moving(const OpCase& op_case, std::int64_t n) {
    return std::vector<std::int64_t>(op_case.data.size(), n);
}

}  // namespace mf::verify

// SPDX-License-Identifier: MIT
// Runs a case in every way the battery wants to see it run, and collects what comes out.
#pragma once

#include <cstdint>
#include <vector>

#include "ops/cases/operands.hpp"

namespace mf::verify {

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

/// Numbers of any type that the host sees, as floats; none of an empty tensor.
std::vector<float> to_floats(const Tensor& x);
/// The same of a tensor that may be where the host does not see it.
std::vector<float> fetched(Device& device, const Tensor& x);

class CaseRunner {
  public:
    /// `guarded`: see Pool.
    explicit CaseRunner(const OpCase& op_case, Device& device, bool guarded = false);

    Device& device() const { return device_; }
    std::int64_t rows() const { return operands.data()[0].rows(); }

    Outcome run(const Drive& drive);
    /// ȳ number `index`, for all rows of the result.
    Tensor seed(std::int64_t rows, std::int64_t cols, std::size_t index) const;
    /// What moves data operand i: `n` rows (-1: none).
    Tensor tangent(std::size_t i, std::int64_t n, const Drive& drive, std::int64_t end) const;

    Pool pool;
    CaseOperands operands;

  private:
    void run_onto(const Drive& drive, Outcome& out);
    void give_seed(const Drive& drive, const Dual& y, const Use& use);
    /// The same numbers as a tensor of the pool.
    Tensor own(const Tensor& x);
    std::vector<Dual> make_duals(const Drive& drive);

    const OpCase& case_;
    CaseOperands others_;
    Device& device_;

  public:
    Gradients gradients;

  private:
    Tape tape_;
};

/// All data operands with tangents over `n` rows.
std::vector<std::int64_t> all_moving(const OpCase& op_case, std::int64_t n);

}  // namespace mf::verify

// SPDX-License-Identifier: MIT
// Dual: a value and, where one is wanted, its tangent; and the handle under which the tape collects its gradient.
#pragma once

#include "tensor/tensor.hpp"

namespace mf {

/// Where the tape keeps the gradient of a value; `none` for constants.
struct GradSlot {
    std::int32_t index = -1;
    bool wanted() const { return index >= 0; }
};

/// A tangent may cover only the last n rows of the value: rows above have the tangent zero by the caller's promise
/// that nobody will read it (rows with r = t, where (t - r) du/dt = 0 whatever du/dt is).
/// Tangents never carry gradients: every objective of this family stops them.
struct Dual {
    Tensor value;    ///< (rows, cols)
    Tensor tangent;  ///< (n, cols), n <= rows; empty: none
    GradSlot slot;   ///< gradient of `value`

    Dual() = default;
    Dual(Tensor v) : value(std::move(v)) {}  // NOLINT: a plain tensor is a constant
    Dual(Tensor v, Tensor d, GradSlot s = {}) : value(std::move(v)), tangent(std::move(d)), slot(s) {}

    std::int64_t rows() const { return value.rows(); }
    std::int64_t cols() const { return value.cols(); }
    std::int64_t tangent_rows() const { return tangent.empty() ? 0 : tangent.rows(); }
    /// First value row that has a tangent.
    std::int64_t tangent_begin() const { return rows() - tangent_rows(); }

    /// The same value moving with `d`.
    Dual moving(Tensor d) const {
        check(d.empty() || (d.rows() <= rows() && d.cols() == cols()),
              "[dual] a tangent {} cannot move a value {}", d.shape(), value.shape());
        return {value, std::move(d), slot};
    }
    Dual still() const { return {value, {}, slot}; }
    /// The same numbers as rows of `cols`. Gradients are kept by count, so the slot serves both shapes.
    Dual reshaped(std::int64_t cols) const {
        const auto in_rows = [cols](const Tensor& t) {
            return t.empty() ? t : t.reshaped({t.count() / cols, cols});
        };
        return {in_rows(value), in_rows(tangent), slot};
    }
};

}  // namespace mf

// SPDX-License-Identifier: MIT
// Kernels that take number by number, or row by row. y is written; all is f32 unless said otherwise.
#pragma once

#include "device/pointwise_function.hpp"
#include "device/view.hpp"

namespace mf {

/// Where runs of numbers stand in a view: the first at element `first`, each `stride` elements behind the one before.
struct Runs {
    std::int64_t first, stride;
};

/// x f32; y, y_dot and slope all f32 or all bf16. x_dot covers the last rows; it, y_dot and slope may be absent.
struct PointwisePass {
    View x, x_dot;
    Into y, y_dot, slope;
};

/// a, b and their tangents f32 (over the last rows, of one size, or absent); y, y_dot and the factors silu'(a) b and
/// silu(a) all f32 or all bf16; y_dot and the factors may be absent.
struct SwigluPass {
    View a, b, a_dot, b_dot;
    Into y, y_dot, a_factor, b_factor;
};

class ElementwiseKernels {
  public:
    virtual void fill(Into y, float value) = 0;
    /// y = x in the type of y: between f32 and bf16, from f16, and from f64 to f32.
    virtual void convert(Into y, View x) = 0;
    /// Copies `count` runs of `length` numbers (of 4 bytes).
    virtual void copy_runs(Into y, Runs y_runs, View x, Runs x_runs, std::int64_t count,
                           std::int64_t length) = 0;
    /// Row i of y = row rows[i] of x; `rows` are in the memory of the host, and in range.
    virtual void gather_rows(Into y, View x, const std::int32_t* rows) = 0;

    /// sum += x; each may be f32 or bf16.
    virtual void add_to(Into sum, View x) = 0;
    /// y = a + factor b; b has the columns of a or one, which is spread over them. y may be a.
    virtual void add(Into y, View a, View b, float factor) = 0;
    /// y = a * b, element by element; b as for `add`.
    virtual void multiply(Into y, View a, View b) = 0;
    /// y = factor x. y may be x.
    virtual void scale(Into y, View x, float factor) = 0;
    /// y = factor[0] x, with a factor of (1, 1) on the device. y may be x.
    virtual void scale_by(Into y, View x, View factor) = 0;
    /// x += table, whose rows are repeated from top to bottom.
    virtual void add_repeated(Into x, View table) = 0;
    /// sums (rows, 1): over the columns of x.
    virtual void row_sums(Into sums, View x) = 0;
    /// sums (cols) += those over the rows of x, f32 or bf16.
    virtual void add_column_sums(Into sums, View x) = 0;

    virtual void pointwise(Pointwise function, const PointwisePass& pass) = 0;
    /// dx = dy * slope; dx and slope of one type, dy f32 or bf16.
    virtual void multiply_by_slope(Into dx, View dy, View slope) = 0;
    virtual void swiglu(const SwigluPass& pass) = 0;

  protected:
    ~ElementwiseKernels() = default;
};

}  // namespace mf

// SPDX-License-Identifier: MIT
// Products of matrices in double precision, at the speed of the machine's double arithmetic: what covariances and the
// trace of their square root are made of.
#pragma once

#include <cstdint>
#include <vector>

#include "core/team.hpp"

namespace mf {

/// A row-major matrix of doubles that somebody else owns; element (i, j) stands at data[i * stride + j], or, `turned`,
/// at data[j * stride + i].
struct DoubleMatrix {
    const double* data;
    std::int64_t stride;
    bool turned = false;

    double at(std::int64_t i, std::int64_t j) const {
        return turned ? data[j * stride + i] : data[i * stride + j];
    }
    DoubleMatrix transposed() const { return {data, stride, !turned}; }
};

/// Rows of one factor as the kernel reads them: panels of kPanelF64 rows (metrics/panel_f64.hpp), each (k, kPanelF64),
/// rows that are missing are 0.
class PanelsF64 {
  public:
    PanelsF64() = default;
    PanelsF64(std::int64_t rows, std::int64_t k);

    std::int64_t rows() const { return rows_; }
    std::int64_t k() const { return k_; }
    std::int64_t count() const;
    double* panel(std::int64_t i) { return values_.data() + place(i); }
    const double* panel(std::int64_t i) const { return values_.data() + place(i); }

  private:
    std::size_t place(std::int64_t i) const;

    std::int64_t rows_ = 0, k_ = 0;
    std::vector<double> values_;
};

enum class Part : std::uint8_t { whole, lower };

/// c[i * c_stride + j] += scale * sum_k a(i, k) b(j, k) for i < a.rows(), j < b.rows(); `k` steps of the panels are
/// used. Part::lower: at least where i >= j, and elsewhere perhaps. The same bits whatever the team.
void add_product(double* c, std::int64_t c_stride, const PanelsF64& a, const PanelsF64& b, std::int64_t k,
                 Part part, Team& team, double scale = 1);

/// c (m, n) = a (m, k) b (k, n).
void multiply(double* c, std::int64_t c_stride, const DoubleMatrix& a, const DoubleMatrix& b, std::int64_t m,
              std::int64_t n, std::int64_t k, Part part, Team& team);

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "metrics/pairs.hpp"

#include "metrics/eigen.hpp"

namespace mf {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr std::int64_t kFew = 4;  // coordinates up to which subtracting is the faster way

std::size_t as_size(std::int64_t n) { return static_cast<std::size_t>(n); }

void widen_rows(MatrixView m, std::int64_t row0, std::int64_t rows, std::vector<double>& out,
                std::vector<double>& norms) {
    std::copy_n(m.row(row0), as_size(rows * m.cols), out.begin());
    for (std::int64_t i = 0; i < rows; ++i)
        norms[as_size(i)] = Eigen::Map<const Eigen::VectorXd>(out.data() + i * m.cols, m.cols).squaredNorm();
}

/// Column by column, so that the pairs of one row of x stand side by side.
void widen_columns(MatrixView m, std::int64_t row0, std::int64_t rows, std::vector<double>& out) {
    for (std::int64_t c = 0; c < m.cols; ++c)
        for (std::int64_t j = 0; j < rows; ++j) out[as_size(c * rows + j)] = m.row(row0 + j)[c];
}

}  // namespace

PairTile::PairTile(MatrixView x, MatrixView y, PairValue what)
    : x_(x),
      y_(y),
      what_(what),
      a_(as_size(side * x.cols)),
      b_(as_size(side * y.cols)),
      a_norms_(as_size(side)),
      b_norms_(as_size(side)),
      values_(as_size(side * side)) {}

void PairTile::take(std::int64_t block) {
    row0_ = block * side;
    rows_ = std::min(side, x_.rows - row0_);
    widen_rows(x_, row0_, rows_, a_, a_norms_);
}

PairBlock PairTile::with(std::int64_t block) {
    PairBlock out{row0_, rows_, block * side, std::min(side, y_.rows - block * side), values_.data()};
    if (what_ == PairValue::squared_distance && x_.cols <= kFew)
        subtract(out);
    else
        multiply(out);
    return out;
}

void PairTile::subtract(PairBlock& out) {
    widen_columns(y_, out.col0, out.cols, b_);
    for (std::int64_t i = 0; i < out.rows; ++i) {
        double* values = values_.data() + i * out.cols;
        std::fill_n(values, out.cols, 0.0);
        for (std::int64_t c = 0; c < x_.cols; ++c) {
            const double a = a_[as_size(i * x_.cols + c)];
            const double* b = b_.data() + c * out.cols;
            for (std::int64_t j = 0; j < out.cols; ++j) values[j] += (a - b[j]) * (a - b[j]);
        }
    }
}

void PairTile::multiply(PairBlock& out) {
    widen_rows(y_, out.col0, out.cols, b_, b_norms_);
    const Eigen::Map<const RowMajor> a(a_.data(), out.rows, x_.cols);
    const Eigen::Map<const RowMajor> b(b_.data(), out.cols, x_.cols);
    Eigen::Map<RowMajor> values(values_.data(), out.rows, out.cols);
    values.noalias() = a * b.transpose();
    if (what_ == PairValue::dot) return;
    for (std::int64_t i = 0; i < out.rows; ++i)
        for (std::int64_t j = 0; j < out.cols; ++j) {
            const double square = a_norms_[as_size(i)] + b_norms_[as_size(j)] - 2 * values(i, j);
            values(i, j) = std::max(square, 0.0);
        }
}

}  // namespace mf

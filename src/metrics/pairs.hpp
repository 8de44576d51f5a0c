// SPDX-License-Identifier: MIT
// All pairs of rows of two matrices, tile by tile, so that a metric over n m pairs needs no n m memory.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

#include "core/team.hpp"
#include "metrics/matrix.hpp"
#include "metrics/shared_stop.hpp"

namespace mf {

enum class PairValue { squared_distance, dot };

/// Values of a block of pairs: entry (i, j), at values[i * cols + j], belongs to rows row0 + i of x and col0
/// + j of y.
struct PairBlock {
    std::int64_t row0, rows, col0, cols;
    const double* values;
};

/// Computes blocks in double precision; one a thread. Points of few coordinates are subtracted, longer rows
/// go through a matrix product as |x|^2 + |y|^2 - 2 x.y.
class PairTile {
  public:
    static constexpr std::int64_t side = 256;  // rows of x, and of y, that one block covers

    PairTile(MatrixView x, MatrixView y, PairValue what);

    /// Takes rows block * side ... of x; the blocks of `with` then pair them with rows of y.
    void take(std::int64_t block);
    PairBlock with(std::int64_t block);

  private:
    void subtract(PairBlock& out);
    void multiply(PairBlock& out);

    MatrixView x_, y_;
    PairValue what_;
    std::int64_t row0_ = 0, rows_ = 0;
    std::vector<double> a_, b_, a_norms_, b_norms_, values_;
};

inline std::int64_t pair_blocks(MatrixView m) { return (m.rows + PairTile::side - 1) / PairTile::side; }

/// `visit(row_block, PairBlock)` for every block of pairs; with `upper`, x and y are the same matrix and
/// blocks wholly below the diagonal are left out. The blocks of one row block come in order, on one thread. Stopped
/// when `stop` says so, which is asked before every block of the caller's thread.
template <class Visit>
void visit_pairs(MatrixView x, MatrixView y, PairValue what, bool upper, Team& team, const Stop& stop,
                 Visit visit) {
    std::atomic<std::int64_t> next{0};
    SharedStop ends(stop);
    team.run([&](int lane) {
        if (ends.wanted(lane)) return;
        PairTile tile(x, y, what);
        for (std::int64_t i = next++; i < pair_blocks(x); i = next++) {
            tile.take(i);
            for (std::int64_t j = upper ? i : 0; j < pair_blocks(y); ++j) {
                if (ends.wanted(lane)) return;
                visit(i, tile.with(j));
            }
        }
    });
    ends.finish();
}

/// Sum of f(value) over all pairs, or, with `upper`, over the pairs i < j of one matrix. The same whatever
/// the number of threads.
template <class Function>
double sum_pairs(MatrixView x, MatrixView y, PairValue what, bool upper, Team& team, const Stop& stop,
                 Function f) {
    std::vector<double> sums(static_cast<std::size_t>(pair_blocks(x)));
    visit_pairs(x, y, what, upper, team, stop, [&](std::int64_t row_block, const PairBlock& block) {
        double sum = 0;
        for (std::int64_t i = 0; i < block.rows; ++i) {
            const double* values = block.values + i * block.cols;
            const std::int64_t begin =
                upper ? std::clamp(block.row0 + i + 1 - block.col0, std::int64_t{0}, block.cols) : 0;
            // Independent partial sums, which the compiler may keep in one vector register each.
            constexpr std::int64_t lanes = 32;
            double part[lanes] = {};
            std::int64_t j = begin;
            for (; j + lanes <= block.cols; j += lanes)
                for (std::int64_t k = 0; k < lanes; ++k) part[k] += f(values[j + k]);
            for (; j < block.cols; ++j) sum += f(values[j]);
            for (const double p : part) sum += p;
        }
        sums[static_cast<std::size_t>(row_block)] += sum;
    });
    double total = 0;
    for (const double sum : sums) total += sum;
    return total;
}

/// Mean of f over pairs of a row of x and a row of y.
template <class Function>
double mean_between(MatrixView x, MatrixView y, PairValue what, Team& team, const Stop& stop, Function f) {
    return sum_pairs(x, y, what, false, team, stop, f) /
           (static_cast<double>(x.rows) * static_cast<double>(y.rows));
}

/// Mean of f over pairs of two different rows of x (symmetric f).
template <class Function>
double mean_within(MatrixView x, PairValue what, Team& team, const Stop& stop, Function f) {
    const auto n = static_cast<double>(x.rows);
    return 2 * sum_pairs(x, x, what, true, team, stop, f) / (n * (n - 1));
}

}  // namespace mf

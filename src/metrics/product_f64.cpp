// SPDX-License-Identifier: MIT
#include "metrics/product_f64.hpp"

#include <algorithm>
#include <atomic>

#include "metrics/panel_f64.hpp"

namespace mf {
namespace {

constexpr int kLanes = kVectorFloats / 2;
constexpr int kRows = kLanes;             // of a tile: kRows x 2 accumulators
constexpr std::int64_t kDepth = 256;      // steps at a time: two panels of them fit the first cache
constexpr std::int64_t kBlockPanels = 8;  // panels of the left factor that stay in the second cache
constexpr std::int64_t kBlockColumns = 32;

using DoubleVector [[gnu::vector_size(8 * kLanes)]] = double;

DoubleVector load(const double* at) {
    using Memory [[gnu::vector_size(8 * kLanes), gnu::aligned(8), gnu::may_alias]] = double;
    return *reinterpret_cast<const Memory*>(at);
}

void store(double* at, DoubleVector value) {
    using Memory [[gnu::vector_size(8 * kLanes), gnu::aligned(8), gnu::may_alias]] = double;
    *reinterpret_cast<Memory*>(at) = value;
}

struct Tile {
    double* c;
    std::int64_t stride;
    std::int64_t rows, cols;  ///< of it that exist
    double scale;
};

/// kRows rows of panel `a` (from its row 0 on) against all of panel `b`.
void run_tile(const Tile& tile, const double* a, const double* b, std::int64_t k) {
    constexpr std::int64_t width = kPanelF64;
    DoubleVector sum[kRows][2] = {};
    for (std::int64_t i = 0; i < k; ++i, a += width, b += width) {
        const DoubleVector left = load(b), right = load(b + kLanes);
#pragma GCC unroll 16
        for (int m = 0; m < kRows; ++m) {
            sum[m][0] += a[m] * left;
            sum[m][1] += a[m] * right;
        }
    }
    if (tile.rows >= kRows && tile.cols >= width) {
#pragma GCC unroll 16
        for (int m = 0; m < kRows; ++m) {
            double* const c = tile.c + m * tile.stride;
            store(c, load(c) + tile.scale * sum[m][0]);
            store(c + kLanes, load(c + kLanes) + tile.scale * sum[m][1]);
        }
        return;
    }
    for (std::int64_t m = 0; m < std::min<std::int64_t>(tile.rows, kRows); ++m)
        for (std::int64_t n = 0; n < std::min(tile.cols, width); ++n)
            tile.c[m * tile.stride + n] += tile.scale * sum[m][n / kLanes][n % kLanes];
}

/// Panels [from, to) of `rows` rows of the factor, steps [k0, k0 + k).
void pack(PanelsF64& out, const DoubleMatrix& from, std::int64_t k0, std::int64_t k, Team& team) {
    constexpr std::int64_t width = kPanelF64;
    team.split(out.count(), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t p = begin; p < end; ++p) {
            double* const panel = out.panel(p);
            const std::int64_t rows = std::min(width, out.rows() - p * width);
            if (from.turned)
                for (std::int64_t i = 0; i < k; ++i)
                    for (std::int64_t m = 0; m < rows; ++m)
                        panel[i * width + m] = from.data[(k0 + i) * from.stride + p * width + m];
            else
                for (std::int64_t m = 0; m < rows; ++m)
                    for (std::int64_t i = 0; i < k; ++i)
                        panel[i * width + m] = from.data[(p * width + m) * from.stride + k0 + i];
        }
    });
}

}  // namespace

PanelsF64::PanelsF64(std::int64_t rows, std::int64_t k)
    : rows_(rows), k_(k), values_(static_cast<std::size_t>(count() * kPanelF64 * k)) {}

std::int64_t PanelsF64::count() const { return (rows_ + kPanelF64 - 1) / kPanelF64; }

std::size_t PanelsF64::place(std::int64_t i) const { return static_cast<std::size_t>(i * kPanelF64 * k_); }

void add_product(double* c, std::int64_t c_stride, const PanelsF64& a, const PanelsF64& b, std::int64_t k,
                 Part part, Team& team, double scale) {
    constexpr std::int64_t width = kPanelF64;
    const std::int64_t down = (a.count() + kBlockPanels - 1) / kBlockPanels,
                       across = (b.count() + kBlockColumns - 1) / kBlockColumns;
    std::atomic<std::int64_t> next{0};
    team.run([&](int) {
        for (std::int64_t task = next++; task < down * across; task = next++) {
            // Lower rows first: they have the most to do in a lower part.
            const std::int64_t top = (down - 1 - task / across) * kBlockPanels,
                               left = task % across * kBlockColumns;
            const std::int64_t bottom = std::min(top + kBlockPanels, a.count()),
                               right = std::min(left + kBlockColumns, b.count());
            for (std::int64_t q = left; q < right; ++q)
                for (std::int64_t p = part == Part::lower ? std::max(top, q) : top; p < bottom; ++p)
                    for (std::int64_t m = 0; m < width; m += kRows) {
                        const std::int64_t row = p * width + m;
                        if (row >= a.rows()) break;
                        run_tile({c + row * c_stride + q * width, c_stride, a.rows() - row,
                                  b.rows() - q * width, scale},
                                 a.panel(p) + m, b.panel(q), k);
                    }
        }
    });
}

void multiply(double* c, std::int64_t c_stride, const DoubleMatrix& a, const DoubleMatrix& b, std::int64_t m,
              std::int64_t n, std::int64_t k, Part part, Team& team) {
    for (std::int64_t i = 0; i < m; ++i) std::fill_n(c + i * c_stride, n, 0.0);
    PanelsF64 left(m, kDepth), right(n, kDepth);
    for (std::int64_t at = 0; at < k; at += kDepth) {
        const std::int64_t steps = std::min(kDepth, k - at);
        pack(left, a, at, steps, team);
        pack(right, b.transposed(), at, steps, team);
        add_product(c, c_stride, left, right, steps, part, team);
    }
}

}  // namespace mf

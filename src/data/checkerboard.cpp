// SPDX-License-Identifier: MIT
// Checkerboard: uniform on every other cell of a square board (the usual first test of flow models in the
// plane).
#include "data/checkerboard.hpp"

#include "data/point_sets.hpp"

namespace mf {
namespace {

class Checkerboard : public PointDataset {
  public:
    Checkerboard(int grid, double scale) : grid_(grid), scale_(scale) {}

    void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
              std::int64_t count) const override {
        const int grid = grid_;
        const auto scale = static_cast<float>(scale_);
        const auto filled = static_cast<float>(modes());
        const float per_cell = 1.0F / static_cast<float>(grid);
        const bool even = grid % 2 == 0;
        // Filled cell number k of all in row order. On an odd board filled cells are the odd ones of that
        // order; on an even board every row has grid / 2 of them, starting in column 1 (even rows) or 0 (odd
        // rows).
        draw_point_rows(out, labels, random, first, count, [=](float a, float b, float c) {
            const int k = static_cast<int>(pick(a, filled));
            const int j = even ? 2 * k : 2 * k + 1;
            const int row = static_cast<int>((static_cast<float>(j) + 0.5F) * per_cell);
            const int column = j - row * grid + ((even && row % 2 == 0) ? 1 : 0);
            return checkerboard_point(column, row, b, c, grid, scale);
        });
    }

    Box view() const override { return {-1.2 * scale_, 1.2 * scale_, -1.2 * scale_, 1.2 * scale_}; }
    std::optional<bool> contains(double x, double y) const override { return mode_of(x, y) >= 0; }
    std::optional<double> density(double x, double y) const override {
        const double cell = 2 * scale_ / grid_;
        return mode_of(x, y) >= 0 ? 1 / (cell * cell * modes()) : 0.0;
    }
    int modes() const override { return grid_ * grid_ / 2; }

    /// Filled cells in row order, or -1. A point on an edge, to rounding, belongs to a filled cell that it
    /// touches.
    int mode_of(double x, double y) const override {
        const int here = filled_cell(x, y);
        if (here >= 0) return here;
        const double slack = kEdgeSlack * scale_;
        for (const double dx : {-slack, slack})
            if (const int side = filled_cell(x + dx, y); side >= 0) return side;
        for (const double dy : {-slack, slack})
            if (const int side = filled_cell(x, y + dy); side >= 0) return side;
        return -1;
    }

  private:
    int filled_cell(double x, double y) const {
        const double column = std::floor((x + scale_) * grid_ / (2 * scale_));
        const double row = std::floor((y + scale_) * grid_ / (2 * scale_));
        if (!(column >= 0 && column < grid_ && row >= 0 && row < grid_)) return -1;
        const int cell_x = static_cast<int>(column);
        const int cell_y = static_cast<int>(row);
        return (cell_x + cell_y) % 2 == 0 ? -1 : (cell_y * grid_ + cell_x) / 2;
    }

    int grid_;
    double scale_;
};

}  // namespace

PointSetEntry checkerboard() {
    return {
        "checkerboard",
        "uniform on every other cell of a square board",
        {{"data.grid", OptionKind::integer, "4", "cells along a side", 2, 64},
         {"data.scale", OptionKind::real, "2", "half the side: the board is [-scale, scale]^2", 0.01, 100}},
        [](const Settings& s) -> std::unique_ptr<Dataset> {
            return std::make_unique<Checkerboard>(static_cast<int>(s.integer("data.grid")),
                                                  s.real("data.scale"));
        }};
}

}  // namespace mf

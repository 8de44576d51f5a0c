// SPDX-License-Identifier: MIT
// The checkerboard: where a cell's points lie, and that the official sampler's points are in the support.
#include "core/error.hpp"
#include "data/checkerboard.hpp"
#include "data/dataset.hpp"
#include "metrics/points.hpp"
#include "verify/kinds.hpp"

namespace mf::verify {
namespace {

std::unique_ptr<Dataset> board_of(int grid, double scale) {
    const auto& entry = dataset_catalogue().at("checkerboard");
    Settings settings(entry.options);
    settings.set("data.grid", std::to_string(grid));
    settings.set("data.scale", fmt::format("{}", scale));
    return entry.make(settings);
}

}  // namespace

void verify_toy_checkerboard(const Reference& reference, Comparison& comparison, const Place&) {
    const int grid = static_cast<int>(reference.setting("grid_size"));
    const double scale = reference.setting("scale");
    reference.expect("cell", 2 * scale / grid);
    comparison.inputs({"cell_x", "cell_y", "offset"});
    if (reference.has("point_from_cell")) {
        const auto x = reference.integers("cell_x"), y = reference.integers("cell_y");
        const Tensor& offset = reference.at("offset");
        std::vector<float> got;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const Point point =
                checkerboard_point(static_cast<int>(x[i]), static_cast<int>(y[i]), offset.f32()[2 * i],
                                   offset.f32()[2 * i + 1], grid, static_cast<float>(scale));
            got.push_back(point.x);
            got.push_back(point.y);
        }
        comparison.values("point_from_cell", std::span<const float>(got), 1e-6);
    }
    if (reference.has("points")) {
        // Every official point must be one that this board can draw: those that are not get another value.
        const std::unique_ptr<Dataset> board = board_of(grid, scale);
        const Tensor& points = reference.at("points");
        reference.expect("n", static_cast<double>(points.rows()));
        std::vector<double> got = reference.reals("points");
        for (std::int64_t i = 0; i < points.rows(); ++i) {
            const auto at = static_cast<std::size_t>(2 * i);
            if (!board->points()->contains(got[at], got[at + 1]).value_or(false)) got[at] = 2 * got[at] + 1;
        }
        comparison.values("points", std::span<const double>(got), 1e-6);
    }
}

}  // namespace mf::verify

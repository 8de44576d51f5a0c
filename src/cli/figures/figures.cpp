// SPDX-License-Identifier: MIT
#include "cli/figures/figures.hpp"

#include <fmt/format.h>

#include "cli/screen.hpp"

namespace mf::cli {

plot::Cloud fresh_points(const PointDataset& data, std::int64_t count, std::uint64_t seed) {
    plot::Cloud out(static_cast<std::size_t>(2 * count));
    data.draw(out.data(), nullptr, Random(seed, Stream::evaluation), 0, count);
    return out;
}

plot::Scene scene_of(const PointDataset& data, std::int64_t target_points) {
    const Box view = data.view();
    plot::Scene scene{.x = {view.x0, view.x1}, .y = {view.y0, view.y1}};
    scene.target = fresh_points(data, target_points, 0);
    return scene;
}

void draw_or_remark(const plot::Figure& figure, const std::filesystem::path& stem, bool announced) {
    if (!plot::can_draw())
        return remark(false, "pictures need gnuplot, which is not installed (gnuplot-nox)");
    for (const std::filesystem::path& path : plot::draw(figure, stem))
        if (announced && path.extension() == ".png") fmt::print("{}\n", path.string());
}

}  // namespace mf::cli

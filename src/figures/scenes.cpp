// SPDX-License-Identifier: MIT
#include "figures/scenes.hpp"

namespace mf {

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

std::vector<std::filesystem::path> draw_where_possible(const plot::Figure& figure,
                                                       const std::filesystem::path& stem,
                                                       const Remarks& remarks) {
    if (plot::can_draw()) return plot::draw(figure, stem);
    tell(remarks, "pictures need gnuplot, which is not installed (gnuplot-nox)");
    return {};
}

}  // namespace mf

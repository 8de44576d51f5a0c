// SPDX-License-Identifier: MIT
#include "cli/drawing.hpp"

#include <fmt/format.h>

#include "cli/screen.hpp"
#include "figures/scenes.hpp"

namespace mf::cli {

void draw_or_remark(const plot::Figure& figure, const std::filesystem::path& stem, bool announced) {
    const auto say = [](const std::string& line) { remark(false, line); };
    for (const std::filesystem::path& path : draw_where_possible(figure, stem, say))
        if (announced && path.extension() == ".png") fmt::print("{}\n", path.string());
}

}  // namespace mf::cli

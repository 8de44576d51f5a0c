// SPDX-License-Identifier: MIT
#include "judge/point_report.hpp"

#include <fmt/format.h>

#include "plot/points_figures.hpp"

namespace mf {
namespace {

std::string shown(const std::optional<double>& value, int digits) {
    return value ? fmt::format("{:.{}f}", *value, digits) : "-";
}

}  // namespace

std::vector<std::pair<std::string, double>> named(const PointScores& scores) {
    std::vector<std::pair<std::string, double>> out;
    if (scores.inside) out.emplace_back("inside", *scores.inside);
    out.emplace_back("swd", scores.swd);
    out.emplace_back("mmd2", scores.mmd2);
    out.emplace_back("energy", scores.energy);
    if (scores.coverage) out.emplace_back("coverage", *scores.coverage);
    return out;
}

std::vector<std::string> score_header(std::vector<std::string> first) {
    for (const char* name : {"inside", "SWD", "MMD²", "energy", "coverage"}) first.emplace_back(name);
    return first;
}

std::vector<std::string> score_row(std::vector<std::string> first, const PointScores& scores) {
    first.push_back(shown(scores.inside, 3));
    first.push_back(shown(scores.swd, 4));
    first.push_back(shown(scores.mmd2, 5));
    first.push_back(shown(scores.energy, 5));
    first.push_back(shown(scores.coverage, 2));
    return first;
}

std::string score_caption(const PointScores& scores) {
    std::vector<std::pair<std::string, double>> numbers;
    if (scores.inside) numbers.emplace_back("inside", *scores.inside);
    numbers.emplace_back("swd", scores.swd);
    return plot::caption_of(numbers);
}

}  // namespace mf

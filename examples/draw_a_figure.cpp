// SPDX-License-Identifier: MIT
// `meanflow plot` from a program: samples of runs side by side, a row a run, a column a number of sampler steps.
//
//     draw_a_figure compare runs/fm runs/imf       writes compare.png and compare.svg (gnuplot draws them)
#include <cstdio>
#include <exception>
#include <filesystem>

#include <meanflow/meanflow.hpp>

namespace {

void draw(const std::string& stem, char** runs, int count) {
    mf::Team team(0);
    mf::FigureRequest request;
    request.steps = {1, 4, 100};
    request.remarks = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
    for (int i = 0; i < count; ++i)
        request.rows.push_back({std::filesystem::path(runs[i]).filename().string(), runs[i]});
    const mf::plot::Figure figure = mf::make_figure("compare", request, team);
    for (const auto& file : mf::draw_where_possible(figure, stem, request.remarks))
        std::printf("%s\n", file.string().c_str());
}

}  // namespace

int main(int count, char** words) {
    if (count < 3) {
        std::fprintf(stderr, "usage: draw_a_figure STEM RUN ...\n");
        return 2;
    }
    try {
        draw(words[1], words + 2, count - 2);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "draw_a_figure: %s\n", error.what());
        return 1;
    }
}

// SPDX-License-Identifier: MIT
#include "figures/demo_pictures.hpp"

#include <fmt/format.h>

#include "figures/image_figures.hpp"
#include "io/file.hpp"
#include "plot/figure.hpp"

namespace mf {
namespace {

struct Shown {
    const char *name, *words;
    bool all;      ///< of every method, where there are several
    double omega;  ///< 0: what the figure usually has
};
constexpr Shown kPictures[] = {
    {"sheet",
     "One call of the network for each picture on the left; the same classes from the data on the right.",
     false, 2},
    {"guidance", "The same noise under other guidance: an input of the network, chosen when sampling.", false,
     0},
    {"steps", "The same noise in more steps.", true, 2},
    {"evolution", "The same noise while the network learns.", true, 0},
};

RunRow row_of(const DemoPictures& demo, const std::string& method) {
    RunRow out{method, demo.folder / method};
    out.device = demo.device;
    return out;
}

}  // namespace

void write_demo_page(const DemoPictures& demo, const std::string& title, const std::string& words, Team& team,
                     const Remarks& remarks) {
    std::string text = fmt::format("# {}\n\n{}", title, words);
    if (plot::can_draw()) {
        for (const Shown& picture : kPictures) {
            ImageFigureRequest request;
            for (const std::string& method : demo.methods)
                if (picture.all || request.runs.rows.empty())
                    request.runs.rows.push_back(row_of(demo, method));
            request.runs.sampling.seed = demo.seed;
            request.real = demo.data;
            request.runs.remarks = remarks;
            if (picture.omega > 0) request.omega = {picture.omega};
            ImageFigure figure = make_image_figure(picture.name, request, team);
            figure.text["Description"] = "meanflow demo";
            write_png(demo.folder / (std::string(picture.name) + ".png"),
                      plot::draw_picture_grid(figure.grid), figure.text);
            text += fmt::format("\n{}\n\n![{}]({}.png)\n", picture.words, picture.name, picture.name);
        }
        FigureRequest losses;
        for (const std::string& method : demo.methods) losses.rows.push_back(row_of(demo, method));
        plot::draw(make_figure("losses", losses, team), demo.folder / "losses");
        text += "\n![losses](losses.png)\n";
    } else {
        tell(remarks, "pictures need gnuplot, which is not installed (gnuplot-nox)");
    }
    write_file_atomically(demo.folder / "index.md", text);
}

}  // namespace mf

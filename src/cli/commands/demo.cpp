// SPDX-License-Identifier: MIT
// meanflow demo: the whole idea in one command.
#include "cli/commands/demo.hpp"

#include "cli/commands/commands.hpp"
#include "core/error.hpp"

namespace mf::cli {
namespace {

int run_demo(const Invocation& invocation) {
    const std::string what = invocation.words.empty() ? "points" : invocation.words[0];
    if (what == "images" || what == "shapes") return demo_images(invocation, what);
    if (what != "points")
        throw UsageError("there is no demo '" + what + "'", "there are points, images and shapes");
    check_usage(!invocation.options.flag("--compare"), "--compare is for images; points always compares");
    return demo_points(invocation);
}

}  // namespace

Command demo_command() {
    Command out;
    out.name = "demo";
    out.summary = "train, compare and show: points on a checkerboard, or real pictures";
    out.usage = "[points|images|shapes] [--quick] [--compare] [--out FOLDER] [key=value ...]";
    out.example =
        "  meanflow demo                   fm, mf and imf on the checkerboard, all three by the same recipe\n"
        "  meanflow demo images            imf on Fashion-MNIST (Debian: dataset-fashion-mnist), and a "
        "judge\n"
        "  meanflow demo images data.path=FOLDER      its four files from elsewhere\n"
        "  meanflow demo shapes            the same with pictures that are drawn on the fly: no data "
        "needed\n\n"
        "Ctrl-C stops in good order; the same command goes on. key=value goes to every training; with judge. "
        "before\n"
        "the key (judge.train.steps=500) to the judge's.";
    out.options = {
        {"--quick", OptionKind::flag, "false", "a fifth of the training or less, and worse pictures"},
        {"--compare", OptionKind::flag, "false",
         "images: train mf and fm too, which takes as long again each"},
        {"--out", OptionKind::text, "",
         "folder for the runs and pictures; demo, demo-images or demo-shapes when it is not given"},
    };
    out.takes_device = true;
    out.has_results = true;
    out.takes_overrides = true;
    out.most_words = 1;
    out.run = run_demo;
    return out;
}

}  // namespace mf::cli

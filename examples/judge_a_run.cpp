// SPDX-License-Identifier: MIT
// `meanflow eval` from a program: how good the samples of a run, a checkpoint, a file of weights or a file of samples are.
//
//     judge_a_run runs/imf                         points: inside share, SWD, ... at 1 and 4 steps
//     judge_a_run runs/fashion judge.safetensors   images: class accuracy, FID, ... in the features of a judge
#include <cstdio>
#include <exception>
#include <string>

#include <meanflow/meanflow.hpp>

namespace {

template <class Result>
void print(const Result& result) {
    std::printf("%s, %d steps:", result.of.source.c_str(), result.of.steps);
    for (const auto& [name, value] : mf::named(result.scores)) std::printf("  %s %.4g", name.c_str(), value);
    std::printf("\n");
}

void judge(const std::string& target, const std::string& file_of_judge) {
    mf::Team team(0);  // a thread for every core
    mf::EvalRequest request;
    request.steps = {1, 4};
    request.remarks = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
    if (!mf::is_about_images(target)) {
        for (const mf::PointResult& result : mf::eval_points(target, request, team)) print(result);
        return;
    }
    mf::ImageEval eval(file_of_judge, request, team);
    eval.add(target);
    for (const mf::ImageResult& result : eval.results()) print(result);
    for (const mf::ImageResult& floor : eval.floors()) print(floor);
}

}  // namespace

int main(int count, char** words) {
    if (count < 2) {
        std::fprintf(stderr, "usage: judge_a_run RUN|MODEL|samples.npz [judge.safetensors]\n");
        return 2;
    }
    try {
        judge(words[1], count > 2 ? words[2] : "");
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "judge_a_run: %s\n", error.what());
        return 1;
    }
}

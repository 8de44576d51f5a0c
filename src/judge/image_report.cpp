// SPDX-License-Identifier: MIT
#include "judge/image_report.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mf {
namespace {

struct Column {
    const char *name, *title;
    int digits;
};
constexpr Column kColumns[] = {
    {"accuracy", "accuracy", 3},
    {"fid", "FID*", 3},
    {"kid", "KID*", 5},
    {"precision", "precision", 3},
    {"recall", "recall", 3},
    {"class_score", "class score", 3},
    {"swd_pixels", "SWD pixels", 4},
    {"swd_random", "SWD random", 5},
};

}  // namespace

std::vector<std::pair<std::string, double>> named(const ImageScores& scores) {
    std::vector<std::pair<std::string, double>> out;
    if (scores.accuracy) out.emplace_back("accuracy", *scores.accuracy);
    if (scores.features) {
        out.emplace_back("fid", scores.features->fid);
        out.emplace_back("kid", scores.features->kid);
        out.emplace_back("precision", scores.features->precision);
        out.emplace_back("recall", scores.features->recall);
    }
    if (scores.class_score) out.emplace_back("class_score", *scores.class_score);
    out.emplace_back("swd_pixels", scores.swd_pixels);
    out.emplace_back("swd_random", scores.swd_random);
    return out;
}

std::vector<std::string> image_score_header(std::vector<std::string> first) {
    for (const Column& column : kColumns) first.emplace_back(column.title);
    return first;
}

std::vector<std::string> image_score_row(std::vector<std::string> first, const ImageScores& scores) {
    const auto values = named(scores);
    for (const Column& column : kColumns) {
        const auto found = std::ranges::find(values, column.name, &std::pair<std::string, double>::first);
        first.push_back(found == values.end() ? "-" : fmt::format("{:.{}f}", found->second, column.digits));
    }
    return first;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "judge/grid_search.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/word_list.hpp"

namespace mf {
namespace {

constexpr const char* kHint = "for example --grid 'omega=6,8,10 interval=0.3:0.6,0.4:0.65 steps=1,2'";

double number_in(const std::string& word, const std::string& axis) {
    double value = 0;
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (code != std::errc() || end != word.data() + word.size() || !std::isfinite(value))
        throw UsageError(fmt::format("--grid {}: '{}' is no number", axis, word), kHint);
    return value;
}

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> out(1);
    for (const char letter : text)
        if (letter == at)
            out.emplace_back();
        else
            out.back() += letter;
    return out;
}

void add_omegas(const std::string& item, std::vector<double>& out) {
    const std::vector<std::string> parts = split(item, ':');
    check_usage(parts.size() == 1 || parts.size() == 3,
                "--grid omega: '{}' is neither a strength nor low:high:step", item);
    std::vector<double> numbers;
    for (const std::string& part : parts) numbers.push_back(number_in(part, "omega"));
    for (const double value : numbers)
        check_usage(value > 0, "--grid omega: strengths are above 0, got {}", value);
    if (parts.size() == 1) {
        out.push_back(numbers[0]);
        return;
    }
    const double count = std::floor((numbers[1] - numbers[0]) / numbers[2] + 1e-9);
    check_usage(count >= 0 && count < 1000, "--grid omega: '{}' makes {} strengths", item, count + 1);
    for (int i = 0; i <= static_cast<int>(count); ++i) out.push_back(numbers[0] + i * numbers[2]);
}

void add_interval(const std::string& item, std::vector<std::pair<double, double>>& out) {
    const std::vector<std::string> parts = split(item, ':');
    check_usage(parts.size() == 2, "--grid interval: '{}' is no t_min:t_max", item);
    const double low = number_in(parts[0], "interval"), high = number_in(parts[1], "interval");
    check_usage(low >= 0 && low <= high && high <= 1, "--grid interval: '{}' is no interval within 0 and 1",
                item);
    out.emplace_back(low, high);
}

std::string key_of(const GridCell& cell, const std::string& print) { return print + " " + cell.text(); }

}  // namespace

GridAxes grid_axes(const std::string& text) {
    GridAxes out;
    std::string spaced = text;
    std::ranges::replace(spaced, ';', ' ');
    for (const std::string& word : split(spaced, ' ')) {
        if (word.empty()) continue;
        const std::size_t equals = word.find('=');
        const std::string axis = word.substr(0, equals);
        if (equals == std::string::npos || (axis != "omega" && axis != "interval" && axis != "steps"))
            throw UsageError(fmt::format("--grid: '{}' is none of omega=..., interval=..., steps=...", word),
                             kHint);
        for (const std::string& item : split(word.substr(equals + 1), ',')) {
            if (axis == "omega") add_omegas(item, out.omegas);
            if (axis == "interval") add_interval(item, out.intervals);
            if (axis != "steps") continue;
            const double steps = number_in(item, "steps");
            check_usage(steps >= 1 && steps <= 1000000 && steps == std::floor(steps),
                        "--grid steps: '{}' is no number of steps", item);
            out.steps.push_back(static_cast<int>(steps));
        }
    }
    if (out.omegas.empty() && out.intervals.empty() && out.steps.empty())
        throw UsageError("--grid names no axis", kHint);
    return out;
}

std::string GridCell::text() const {
    return fmt::format("{}{}{} step{}", omega ? fmt::format("omega {}, ", *omega) : "",
                       interval ? fmt::format("interval {} {}, ", interval->first, interval->second) : "",
                       steps, steps == 1 ? "" : "s");
}

std::vector<GridCell> grid_cells(const GridAxes& axes, int steps) {
    std::vector<std::optional<double>> omegas(axes.omegas.begin(), axes.omegas.end());
    std::vector<std::optional<std::pair<double, double>>> intervals(axes.intervals.begin(),
                                                                    axes.intervals.end());
    if (omegas.empty()) omegas.emplace_back();
    if (intervals.empty()) intervals.emplace_back();
    std::vector<GridCell> out;
    for (const int n : axes.steps.empty() ? std::vector<int>{steps} : axes.steps)
        for (const auto& interval : intervals)
            for (const auto& omega : omegas) out.push_back({omega, interval, n});
    return out;
}

SampleRequest at_cell(SampleRequest request, const GridCell& cell) {
    request.steps = cell.steps;
    if (cell.omega) request.guidance.omega = {*cell.omega};
    if (cell.interval) {
        request.guidance.t_min = {cell.interval->first};
        request.guidance.t_max = {cell.interval->second};
    }
    return request;
}

GridLog::GridLog(const std::filesystem::path& folder) : path_(folder / "grid.jsonl") {
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    check(!code, "{}: cannot be made: {}", folder.string(), code.message());
    if (!std::filesystem::exists(path_)) return;
    for (const JsonRecord& record : read_json_lines(path_)) {
        GridResult result;
        std::string print, cell;
        for (const auto& [name, value] : record) {
            if (const auto* text = std::get_if<std::string>(&value)) (name == "print" ? print : cell) = *text;
            if (const auto* real = std::get_if<double>(&value)) result.numbers[name] = *real;
            if (const auto* whole = std::get_if<std::int64_t>(&value))
                result.numbers[name] = static_cast<double>(*whole);
        }
        for (const char* own : {"omega", "t_min", "t_max", "steps"}) result.numbers.erase(own);
        known_[print + " " + cell] = std::move(result);
    }
}

std::optional<GridResult> GridLog::find(const GridCell& cell, const std::string& print) const {
    const auto found = known_.find(key_of(cell, print));
    if (found == known_.end()) return {};
    return GridResult{cell, found->second.numbers};
}

void GridLog::add(const GridResult& result, const std::string& print) {
    const GridCell& cell = result.cell;
    JsonRecord record = {{"cell", cell.text()}};
    if (cell.omega) record.emplace_back("omega", *cell.omega);
    if (cell.interval) record.emplace_back("t_min", cell.interval->first);
    if (cell.interval) record.emplace_back("t_max", cell.interval->second);
    record.emplace_back("steps", std::int64_t{cell.steps});
    for (const auto& [name, value] : result.numbers) record.emplace_back(name, value);
    record.emplace_back("print", print);
    JsonLines(path_).append(record);
    known_[key_of(cell, print)] = result;
}

std::vector<std::pair<std::string, double>> named(const InceptionResult& result) {
    const InceptionScores& s = result.scores;
    std::vector<std::pair<std::string, double>> out;
    if (result.has_reference) out.emplace_back("fid", s.fid);
    if (s.sfid) out.emplace_back("sfid", *s.sfid);
    out.emplace_back("inception_score", s.inception_score.mean);
    out.emplace_back("inception_score_std", s.inception_score.deviation);
    if (s.kid) out.emplace_back("kid", *s.kid);
    if (s.kid_subsets) {
        out.emplace_back("kid_subsets", s.kid_subsets->mean);
        out.emplace_back("kid_subsets_std", s.kid_subsets->deviation);
    }
    if (s.precision) out.emplace_back("precision", *s.precision);
    if (s.recall) out.emplace_back("recall", *s.recall);
    return out;
}

}  // namespace mf

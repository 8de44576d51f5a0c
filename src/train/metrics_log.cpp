// SPDX-License-Identifier: MIT
#include "train/metrics_log.hpp"

#include <charconv>
#include <cmath>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "io/file.hpp"

namespace mf {
namespace {

void add_number(std::string& row, std::string_view name, double value) {
    if (std::isfinite(value))
        fmt::format_to(std::back_inserter(row), ",\"{}\":{:.7g}", name, value);
    else
        fmt::format_to(std::back_inserter(row), ",\"{}\":null", name);
}

/// The step that a row begins with: every row starts with {"step":N.
bool read_step(std::string_view line, std::int64_t& step) {
    constexpr std::string_view head = "{\"step\":";
    return line.starts_with(head) &&
           std::from_chars(line.data() + head.size(), line.data() + line.size(), step).ec == std::errc();
}

/// Calls `row(line, begin)` for every line that ends in a line feed, until it returns false.
template <class Row>
void for_each_line(std::string_view text, Row&& row) {
    std::size_t begin = 0;
    for (std::size_t end; (end = text.find('\n', begin)) != std::string_view::npos; begin = end + 1)
        if (!row(text.substr(begin, end - begin), begin)) return;
}

}  // namespace

void MetricsLog::add(const StepReport& report, double seconds) {
    fmt::format_to(std::back_inserter(rows_), "{{\"step\":{}", report.step);
    add_number(rows_, "loss", report.loss);
    add_number(rows_, "square_u", report.square_u);
    add_number(rows_, "square_v", report.square_v);
    add_number(rows_, "square_jvp", report.square_jvp);
    add_number(rows_, "gradient_norm", report.gradient_norm);
    add_number(rows_, "rate", report.rate);
    add_number(rows_, "ms", seconds * 1e3);
    rows_ += report.skipped ? ",\"skipped\":true}\n" : "}\n";
}

void MetricsLog::add(std::int64_t step, std::span<const std::pair<std::string, double>> values) {
    fmt::format_to(std::back_inserter(rows_), "{{\"step\":{}", step);
    for (const auto& [name, value] : values) add_number(rows_, name, value);
    rows_ += "}\n";
}

void MetricsLog::write() {
    if (rows_.empty()) return;
    file_.append(rows_);
    rows_.clear();
}

void forget_rows_after(const std::filesystem::path& path, std::int64_t step) {
    if (!std::filesystem::exists(path)) return;
    const std::string text = read_file(path);
    std::size_t keep = 0;
    for_each_line(text, [&](std::string_view line, std::size_t begin) {
        std::int64_t row_step = 0;
        if (!read_step(line, row_step) || row_step > step) return false;
        keep = begin + line.size() + 1;
        return true;
    });
    if (keep < text.size()) AppendFile(path).cut(keep);
}

MetricCurve read_curve(const std::filesystem::path& path, const std::string& column) {
    const std::string text = read_file(path);
    MetricCurve out;
    for_each_line(text, [&](std::string_view line, std::size_t) {
        const auto row = nlohmann::json::parse(line, nullptr, false);
        check(row.is_object() && row.contains("step"), "{}: line {} is not a row of metrics", path.string(),
              out.steps.size() + 1);
        const auto found = row.find(column);
        if (found == row.end()) return true;
        out.steps.push_back(row["step"].get<double>());
        out.values.push_back(found->is_number() ? found->get<double>() : std::nan(""));
        return true;
    });
    return out;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "train/metrics_log.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace mf {
namespace {

double number_of(const JsonValue& value) {
    if (const auto* real = std::get_if<double>(&value)) return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    return std::nan("");
}

const JsonValue* find(const JsonRecord& record, const std::string& column) {
    const auto found = std::ranges::find(record, column, &JsonRecord::value_type::first);
    return found == record.end() ? nullptr : &found->second;
}

}  // namespace

JsonRecord metrics_row(const StepReport& report, double seconds) {
    JsonRecord row = {
        {"step", report.step},
        {"loss", report.loss},
        {"square_u", report.square_u},
        {"square_v", report.square_v},
        {"square_jvp", report.square_jvp},
        {"gradient_norm", report.gradient_norm},
        {"rate", report.rate},
        {"ms", seconds * 1e3},
    };
    if (report.skipped) row.emplace_back("skipped", std::int64_t{1});
    return row;
}

MetricCurve read_curve(const std::filesystem::path& path, const std::string& column) {
    MetricCurve out;
    for (const JsonRecord& row : read_json_lines(path)) {
        const JsonValue* step = find(row, "step");
        const JsonValue* value = find(row, column);
        if (step == nullptr || value == nullptr) continue;
        out.steps.push_back(number_of(*step));
        out.values.push_back(number_of(*value));
    }
    return out;
}

std::map<std::string, MetricCurve> read_curves(const std::filesystem::path& path, const std::string& prefix) {
    std::map<std::string, MetricCurve> out;
    for (const JsonRecord& row : read_json_lines(path)) {
        const JsonValue* step = find(row, "step");
        if (step == nullptr) continue;
        for (const auto& [name, value] : row) {
            if (!name.starts_with(prefix)) continue;
            MetricCurve& curve = out[name.substr(prefix.size())];
            curve.steps.push_back(number_of(*step));
            curve.values.push_back(number_of(value));
        }
    }
    return out;
}

}  // namespace mf

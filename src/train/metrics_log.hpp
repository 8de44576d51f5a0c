// SPDX-License-Identifier: MIT
// The rows of metrics.jsonl, {"step": 1, "loss": 2.013, ...}, and its columns as curves.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "io/jsonl.hpp"
#include "train/trainer.hpp"

namespace mf {

/// The row of one step that took `seconds`. What is not finite becomes null in the file.
JsonRecord metrics_row(const StepReport& report, double seconds);

/// One column of a file of metrics: the rows that have it, in order; NaN where it was not finite.
struct MetricCurve {
    std::vector<double> steps, values;
};
/// Error when the file is missing or a line is no row.
MetricCurve read_curve(const std::filesystem::path& path, const std::string& column);
/// All columns whose names begin with `prefix`, by the rest of their names.
std::map<std::string, MetricCurve> read_curves(const std::filesystem::path& path, const std::string& prefix);

}  // namespace mf

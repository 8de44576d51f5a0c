// SPDX-License-Identifier: MIT
// metrics.jsonl: a row a step, {"step": 1, "loss": 2.013, ...}, and rows of evaluations.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "io/append_file.hpp"
#include "train/trainer.hpp"

namespace mf {

/// Collects rows and writes them when asked, so that a step costs no call of the system.
class MetricsLog {
  public:
    explicit MetricsLog(const std::filesystem::path& path) : file_(path) {}
    void add(const StepReport& report, double seconds);
    void add(std::int64_t step, std::span<const std::pair<std::string, double>> values);
    /// Gives the rows to the system.
    void write();

  private:
    AppendFile file_;
    std::string rows_;
};

/// Cuts off the rows that came after `step` and a last line that is not whole. Nothing happens without a file.
void forget_rows_after(const std::filesystem::path& path, std::int64_t step);

/// One column of a file of metrics: the rows that have it, in order.
struct MetricCurve {
    std::vector<double> steps, values;
};
/// Error when the file is missing or a line (but the last) is no JSON object.
MetricCurve read_curve(const std::filesystem::path& path, const std::string& column);

}  // namespace mf

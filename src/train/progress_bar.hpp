// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "core/stopwatch.hpp"

namespace mf {

/// True when standard error is a terminal.
bool screen_is_terminal();

/// One line on a terminal's standard error that is drawn over and over, ten times a second at most.
/// Where there is no terminal it prints nothing.
class ProgressBar {
  public:
    ProgressBar(std::string label, std::int64_t total, bool shown);
    ~ProgressBar() { erase(); }
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// `remark` follows the bar: "loss 1.88".
    void update(std::int64_t done, const std::string& remark);
    /// Takes the line away, so that something else can be printed.
    void erase();
    bool shown() const { return shown_; }

  private:
    std::string label_;
    std::int64_t total_;
    bool shown_, drawn_ = false;
    double last_ = -1;
    Stopwatch watch_;
};

/// "0:38", "1:02:03".
std::string clock_text(double seconds);

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "train/progress_bar.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace mf {

bool screen_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

ProgressBar::ProgressBar(std::string label, std::int64_t total, bool shown)
    : label_(std::move(label)),
      total_(std::max<std::int64_t>(total, 1)),
      shown_(shown && screen_is_terminal()) {}

void ProgressBar::update(std::int64_t done, const std::string& remark) {
    const double now = watch_.seconds();
    if (!shown_ || (last_ >= 0 && now - last_ < 0.1 && done < total_)) return;
    last_ = now;
    drawn_ = true;
    constexpr int width = 28;
    const int full = static_cast<int>(width * std::min(done, total_) / total_);
    std::string bar;
    for (int i = 0; i < width; ++i) bar += i < full ? "█" : "░";
    fmt::print(stderr, "\r\033[K{} {} {:3d}% {}", label_, bar, 100 * done / total_, remark);
    std::fflush(stderr);
}

void ProgressBar::erase() {
    if (!drawn_) return;
    fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
    drawn_ = false;
}

std::string clock_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
    const std::int64_t hours = whole / 3600, minutes = whole / 60 % 60;
    if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60);
    return fmt::format("{}:{:02}", minutes, whole % 60);
}

}  // namespace mf

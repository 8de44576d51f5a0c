// SPDX-License-Identifier: MIT
#include "train/step_log.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "train/progress_bar.hpp"

namespace mf {
namespace {

std::size_t columns_of(const std::string& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string repeated(const char* what, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += what;
    return out;
}

}  // namespace

std::string boxed_table(const std::string& title,
                        const std::vector<std::pair<std::string, std::string>>& rows) {
    std::size_t left = 0, right = 0;
    for (const auto& [name, value] : rows) {
        left = std::max(left, columns_of(name));
        right = std::max(right, columns_of(value));
    }
    right = std::max(right, columns_of(title) > left + 3 ? columns_of(title) - left - 3 : 0);
    const std::size_t inside = left + right + 5;
    std::string out = "┌" + repeated("─", inside) + "┐\n│ " + title +
                      std::string(inside - 1 - columns_of(title), ' ') + "│\n├" + repeated("─", left + 2) +
                      "┬" + repeated("─", right + 2) + "┤\n";
    for (const auto& [name, value] : rows)
        out += "│ " + name + std::string(left - columns_of(name), ' ') + " │ " + value +
               std::string(right - columns_of(value), ' ') + " │\n";
    return out + "└" + repeated("─", left + 2) + "┴" + repeated("─", right + 2) + "┘\n";
}

std::string with_commas(std::int64_t number) {
    const std::string digits = std::to_string(number < 0 ? -number : number);
    std::string out = number < 0 ? "-" : "";
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
        out += digits[i];
    }
    return out;
}

std::string with_unit(double number) {
    for (const auto& [size, unit] : {std::pair{1e12, " T"}, {1e9, " G"}, {1e6, " M"}, {1e3, " k"}})
        if (number >= size) return fmt::format("{:.3g}{}", number / size, unit);
    return fmt::format("{:.3g} ", number);
}

std::string as_mebibytes(std::size_t bytes) {
    return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / 1048576.0);
}

void StepLog::add(const StepReport& report, double seconds) {
    step_ = report.step;
    seconds_ += seconds;
    rate_ = report.rate;
    if (report.skipped) {
        ++skipped_;
        return;
    }
    ++count_;
    loss_ += report.loss;
    square_u_ += report.square_u;
    square_v_ += report.square_v;
    norm_ += report.gradient_norm;
}

double StepLog::milliseconds() const {
    return 1e3 * seconds_ / static_cast<double>(std::max<std::int64_t>(1, count_ + skipped_));
}

double StepLog::seconds_left() const { return static_cast<double>(steps_ - step_) * milliseconds() / 1e3; }

std::string StepLog::remark() const {
    const double n = static_cast<double>(std::max<std::int64_t>(1, count_));
    return fmt::format("loss {:.4f}  {:.1f} ms  ETA {}", loss_ / n, milliseconds(),
                       clock_text(seconds_left()));
}

std::string StepLog::line() {
    const double n = static_cast<double>(std::max<std::int64_t>(1, count_));
    const double ms = std::max(1e-6, milliseconds());
    std::string out = fmt::format("step {}/{} | loss {:.4f}", step_, steps_, loss_ / n);
    // A loss that is weighted, or made of two parts, says little: then the mean squares stand beside it.
    if (square_v_ > 0)
        out += fmt::format(" (u {:.5g}, v {:.5g})", square_u_ / n, square_v_ / n);
    else if (std::abs(square_u_ - loss_) > 1e-6 * std::abs(loss_) && square_u_ > 0)
        out += fmt::format(" (u {:.5g})", square_u_ / n);
    std::string speed = with_unit(batch_ / ms * 1e3);
    if (speed.back() != ' ') speed += ' ';
    out += fmt::format(" | |g| {:.3g} | lr {:.1e} | {:.1f} ms | {}samples/s", norm_ / n, rate_, ms, speed);
    if (peak_ > 0) out += fmt::format(" | {:.0f}% peak", 100 * flops_ / (ms * 1e-3) / peak_);
    if (skipped_ > 0) out += fmt::format(" | {} skipped", skipped_);
    out += " | ETA " + clock_text(seconds_left());
    count_ = skipped_ = 0;
    seconds_ = loss_ = square_u_ = square_v_ = norm_ = 0;
    return out;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
// What a person sees of a training: one table at the start, then one dense line per interval.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "train/trainer.hpp"

namespace mf {

/// A box of two columns; widths follow the texts (UTF-8).
std::string boxed_table(const std::string& title,
                        const std::vector<std::pair<std::string, std::string>>& rows);

/// "50,434", "2.04 G", "37.2 MiB".
std::string with_commas(std::int64_t number);
std::string with_unit(double number);
std::string as_mebibytes(std::size_t bytes);

/// Collects steps and says in one line what they were like.
class StepLog {
  public:
    /// `peak_flops` per second, as measured; 0: not known, and not shown.
    StepLog(std::int64_t steps_planned, std::int64_t batch, double flops_per_step, double peak_flops)
        : steps_(steps_planned),
          batch_(static_cast<double>(batch)),
          flops_(flops_per_step),
          peak_(peak_flops) {}

    void add(const StepReport& report, double seconds);
    /// "step 1200/5001 | loss 1.8771 | |g| 0.42 | lr 3.0e-03 | 11.2 ms | 365 k samples/s | 84% peak | ETA
    /// 0:38": means since the last line; the steps that were skipped are counted and otherwise left out.
    std::string line();
    /// The same in fewer words, for a progress bar: "loss 1.88  11.2 ms  ETA 0:38". Collecting goes on.
    std::string remark() const;

  private:
    double milliseconds() const;
    double seconds_left() const;

    std::int64_t steps_;
    double batch_, flops_, peak_;
    std::int64_t step_ = 0, count_ = 0, skipped_ = 0;
    double seconds_ = 0, loss_ = 0, square_u_ = 0, square_v_ = 0, norm_ = 0, rate_ = 0;
};

}  // namespace mf

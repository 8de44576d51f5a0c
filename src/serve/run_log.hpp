// SPDX-License-Identifier: MIT
// metrics.jsonl of a run, followed while it grows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "serve/thin_curve.hpp"

namespace mf::serve {

class RunLog {
  public:
    explicit RunLog(std::filesystem::path path) : path_(std::move(path)) {}

    /// Reads what was added since the last call; everything again where the file is another one or became shorter (a run
    /// that was resumed from an older step). Lines that are no rows are left out, like a last one without its end.
    void follow();

    const std::map<std::string, ThinCurve>& columns() const { return columns_; }
    std::int64_t step() const { return step_; }

  private:
    void read_line(std::string_view line);

    std::filesystem::path path_;
    std::uint64_t file_ = 0, offset_ = 0;  ///< inode, bytes that were read
    std::string rest_;                     ///< of a line that has no end yet
    std::map<std::string, ThinCurve> columns_;
    std::int64_t step_ = 0;
};

}  // namespace mf::serve

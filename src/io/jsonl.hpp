// SPDX-License-Identifier: MIT
// metrics.jsonl: one JSON object a line, added to while a run goes on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "io/append_file.hpp"

namespace mf {

using JsonValue = std::variant<double, std::int64_t, std::string>;
using JsonRecord = std::vector<std::pair<std::string, JsonValue>>;

/// One line, without the newline: keys in their order, numbers in the fewest digits that give the same double
/// back. NaN and the infinities become null, which is all that JSON has for them.
std::string json_line(const JsonRecord& record);

/// Adds records to a file. Every record reaches the system at once, so that a reader sees whole lines and a
/// crash of the program loses none.
class JsonLines {
  public:
    /// Opens or creates; a last line without its newline (the machine died while it was written) is cut off.
    explicit JsonLines(const std::filesystem::path& path);

    /// Error when the disk is full; the lines before stay whole.
    void append(const JsonRecord& record);

    /// Removes every record whose "step" is larger than `step`, and lines that are not JSON objects; records
    /// without "step" stay. Atomic: the file is the old one or the new one. Returns how many lines went.
    std::int64_t drop_after(std::int64_t step);

  private:
    std::filesystem::path path_;
    AppendFile file_;
};

/// The records of a file, for plots and tables. null becomes NaN; true and false become 1 and 0. A last line
/// without its newline is left out (a run may be writing it). Error "path:line" for a line that is not a flat
/// JSON object.
std::vector<JsonRecord> read_json_lines(const std::filesystem::path& path);

}  // namespace mf

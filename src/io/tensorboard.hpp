// SPDX-License-Identifier: MIT
// Scalars and pictures for TensorBoard: an event file of TFRecords (length, masked CRC-32C, data, masked
// CRC-32C), each an Event message of TensorFlow's event.proto in protocol buffer encoding.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/append_file.hpp"
#include "io/png.hpp"

namespace mf {

class EventWriter {
  public:
    /// Starts a new file "events.out.tfevents.<seconds>.<host>.<process>.<n>" in `folder`, which must exist.
    /// When a run resumes at `resumed_step` >= 0, TensorBoard is told to forget what older files of the
    /// folder say of that step and later ones.
    explicit EventWriter(const std::filesystem::path& folder, std::int64_t resumed_step = -1);

    /// Curves, each by its tag; NaN is allowed. Error when the disk is full; the records before stay whole.
    void scalars(std::int64_t step, const std::vector<std::pair<std::string, float>>& values);
    void scalar(std::int64_t step, const std::string& tag, float value) { scalars(step, {{tag, value}}); }
    void picture(std::int64_t step, const std::string& tag, const Picture& picture);

    const std::string& path() const { return file_.name(); }

  private:
    void add(std::int64_t step, std::string_view event_fields);

    AppendFile file_;
};

}  // namespace mf

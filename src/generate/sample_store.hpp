// SPDX-License-Identifier: MIT
// Samples that are drawn over hours: those that are there already stand in FILE.part until all are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "core/remarks.hpp"
#include "io/append_file.hpp"

namespace mf {

class SampleStore {
  public:
    /// Opens or creates OUT.part for samples of `each` bytes. Whole samples of the same `print` stay, to go on from; those
    /// of another set are dropped with a remark. UsageError when the file is none of ours.
    SampleStore(const std::filesystem::path& out, const std::string& print, std::int64_t each,
                const Remarks& remarks);

    /// Whole samples.
    std::int64_t count() const;
    void append(std::string_view samples) { file_.append(samples); }
    /// All of them, in portions.
    void read(const std::function<void(std::string_view)>& take) const;
    void remove() const;

  private:
    std::filesystem::path path_;
    std::string head_;
    std::int64_t each_;
    AppendFile file_;
};

}  // namespace mf

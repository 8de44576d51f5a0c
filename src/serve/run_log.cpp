// SPDX-License-Identifier: MIT
#include "serve/run_log.hpp"

#include <cmath>
#include <limits>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.hpp"

namespace mf::serve {
namespace {

constexpr std::size_t kMostColumns = 256, kMostLine = 1 << 20;

}  // namespace

void RunLog::read_line(std::string_view line) {
    const auto row = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
    if (!row.is_object() || !row.contains("step") || !row["step"].is_number()) return;
    const auto step = row["step"].get<std::int64_t>();
    for (const auto& [key, value] : row.items()) {
        if (key == "step" || !(value.is_number() || value.is_null())) continue;
        if (!columns_.contains(key) && columns_.size() >= kMostColumns) continue;
        columns_[key].add(step,
                          value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
    }
    step_ = step;
}

void RunLog::follow() {
    const Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat about {};
    if (!file.open() || ::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) return;
    if (about.st_ino != file_ || static_cast<std::uint64_t>(about.st_size) < offset_) {
        *this = RunLog(path_);
        file_ = about.st_ino;
    }
    std::string buffer(1 << 18, '\0');
    for (;;) {
        const ssize_t got = ::pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset_));
        if (got <= 0) return;
        offset_ += static_cast<std::uint64_t>(got);
        std::string_view text(buffer.data(), static_cast<std::size_t>(got));
        for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos;
             text.remove_prefix(end + 1)) {
            rest_.append(text.substr(0, end));
            read_line(rest_);
            rest_.clear();
        }
        // What has no end for so long is no row.
        if (rest_.size() < kMostLine) rest_.append(text);
    }
}

}  // namespace mf::serve

// SPDX-License-Identifier: MIT
#include "generate/sample_store.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/file.hpp"

namespace mf {
namespace {

constexpr std::string_view kMark = "meanflow.samples.1 ";
constexpr std::uint64_t kPortion = 1 << 22;

std::string start_of(const std::filesystem::path& path, std::uint64_t most) {
    const InputFile file(path);
    std::string out(std::min(file.size(), most), '\0');
    file.read(0, out.data(), out.size());
    return out;
}

}  // namespace

SampleStore::SampleStore(const std::filesystem::path& out, const std::string& print, std::int64_t each,
                         const Remarks& remarks)
    : path_(out.string() + ".part"), head_(fmt::format("{}{}\n", kMark, print)), each_(each), file_(path_) {
    if (file_.size() > 0) {
        const std::string start = start_of(path_, head_.size());
        if (!start.starts_with(kMark) && !kMark.starts_with(start))
            throw UsageError(
                fmt::format("{}: is in the way of unfinished samples and is none of them", path_.string()),
                "remove it, or write to another --out");
        if (start != head_) {
            tell(remarks, fmt::format("{}: is of other samples than these; begun again", path_.string()));
            file_.cut(0);
        }
    }
    if (file_.size() == 0) file_.append(head_);
    // The last one may have been cut off.
    file_.cut(head_.size() + static_cast<std::uint64_t>(count() * each_));
}

std::int64_t SampleStore::count() const {
    return static_cast<std::int64_t>(file_.size() - head_.size()) / each_;
}

void SampleStore::read(const std::function<void(std::string_view)>& take) const {
    const InputFile file(path_);
    std::string portion;
    for (std::uint64_t at = head_.size(); at < file.size(); at += portion.size()) {
        portion.resize(std::min(kPortion, file.size() - at));
        file.read(at, portion.data(), portion.size());
        take(portion);
    }
}

void SampleStore::remove() const {
    std::error_code code;
    std::filesystem::remove(path_, code);
}

}  // namespace mf

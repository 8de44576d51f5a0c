// SPDX-License-Identifier: MIT
#include "train/data_changes.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/options.hpp"

namespace mf {
namespace {

constexpr std::size_t kMostNamed = 5;

/// "a: 4 pictures, were 3; b: other pictures (3); and 12 more classes"
std::string joined(std::vector<std::string> parts) {
    const std::size_t rest = parts.size() > kMostNamed ? parts.size() - kMostNamed : 0;
    parts.resize(parts.size() - rest);
    return fmt::format("{}{}", fmt::join(parts, "; "), rest == 0 ? "" : fmt::format("; and {} more", rest));
}

DataPrint print_in(const std::map<std::string, std::string>& metadata) {
    DataPrint out;
    const auto counts = metadata.find("class_counts"), digests = metadata.find("class_digests");
    if (counts == metadata.end() || digests == metadata.end()) return out;
    for (const std::string& word : split_list(counts->second)) {
        out.counts.push_back(-1);
        std::from_chars(word.data(), word.data() + word.size(), out.counts.back());
    }
    out.digests = split_list(digests->second);
    return out.digests.size() == out.counts.size() ? out : DataPrint{};
}

std::int64_t sum_of(const std::vector<std::int64_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

/// Compares two prints label by label.
class Comparison {
  public:
    Comparison(const std::vector<std::string>& names, const DataPrint& before, const DataPrint& now)
        : names_(names), before_(before), now_(now) {}

    std::vector<std::string> lost() const {
        std::vector<std::string> out;
        for (std::size_t k = 0; k < now_.counts.size(); ++k)
            if (before_.counts[k] > 0 && now_.counts[k] == 0)
                out.push_back(fmt::format("'{}' ({} before)", name(k), before_.counts[k]));
        return out;
    }

    std::vector<std::string> lines() const {
        std::vector<std::string> out;
        std::vector<bool> told(now_.counts.size());
        for (std::size_t k = 0; k < now_.counts.size(); ++k) {
            if (told[k] || now_.digests[k] == before_.digests[k]) continue;
            const std::size_t other = with_the_pictures_of(k);
            if (other < told.size()) {
                told[other] = true;
                out.push_back(fmt::format("the pictures of {} and {} are swapped", name(k), name(other)));
            } else if (now_.counts[k] != before_.counts[k]) {
                out.push_back(fmt::format("{}{} picture{}, {} before", names_.empty() ? "" : name(k) + ": ",
                                          now_.counts[k], now_.counts[k] == 1 ? "" : "s", before_.counts[k]));
            } else {
                out.push_back(fmt::format("{}other pictures or file names among the {}",
                                          names_.empty() ? "" : name(k) + ": ", now_.counts[k]));
            }
        }
        return out;
    }

  private:
    std::string name(std::size_t k) const { return names_.empty() ? "the set" : names_[k]; }

    /// The class that now has what class k had, and the other way round; past the end when there is none.
    std::size_t with_the_pictures_of(std::size_t k) const {
        for (std::size_t j = k + 1; j < now_.digests.size(); ++j)
            if (now_.digests[j] == before_.digests[k] && now_.digests[k] == before_.digests[j]) return j;
        return now_.digests.size();
    }

    const std::vector<std::string>& names_;
    const DataPrint &before_, &now_;
};

}  // namespace

std::map<std::string, std::string> data_print_text(const DataPrint& print) {
    if (print.counts.empty()) return {};
    return {{"class_counts", fmt::format("{}", fmt::join(print.counts, ","))},
            {"class_digests", fmt::format("{}", fmt::join(print.digests, ","))}};
}

std::optional<std::vector<std::string>> class_order_of(const std::map<std::string, std::string>& metadata) {
    const auto found = metadata.find("class_names");
    if (found == metadata.end()) return std::nullopt;
    std::vector<std::string> out;
    std::istringstream lines(found->second);
    for (std::string line; std::getline(lines, line);) out.push_back(line);
    return out;
}

std::string data_changes(const std::map<std::string, std::string>& metadata,
                         const std::vector<std::string>& names, const DataPrint& now,
                         const std::string& place) {
    const DataPrint before = print_in(metadata);
    if (before.counts.empty() || before.counts.size() != now.counts.size()) return "";
    const Comparison comparison(names, before, now);
    if (const std::vector<std::string> lost = comparison.lost(); !lost.empty())
        throw Error(
            fmt::format("{}: there are no pictures of {} any more", place, joined(lost)),
            "the run has learnt them: bring them back (a class that was renamed needs its old name), or "
            "start another run");
    const std::vector<std::string> lines = comparison.lines();
    if (lines.empty()) return "";
    const std::int64_t was = sum_of(before.counts), is = sum_of(now.counts);
    return fmt::format("the data have changed{}: {}",
                       was == is ? "" : fmt::format(" ({} pictures, {} before)", is, was), joined(lines));
}

}  // namespace mf

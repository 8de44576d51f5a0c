// SPDX-License-Identifier: MIT
#include "data/class_choice.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "core/error.hpp"
#include "data/class_words.hpp"

namespace mf {

ClassChoice choose_classes(const std::vector<std::string>& names, const std::string& wanted) {
    if (wanted.empty()) {
        ClassChoice all{names, std::vector<std::int32_t>(names.size())};
        std::iota(all.label_of.begin(), all.label_of.end(), 0);
        return all;
    }
    check_usage(!names.empty(), "data.classes={}: these pictures have no classes", wanted);
    MeantClasses meant =
        meant_classes(wanted, {names, static_cast<std::int64_t>(names.size())}, "data.classes");
    ClassChoice out{{}, std::vector<std::int32_t>(names.size(), -1), std::move(meant.remarks)};
    for (const std::int32_t label : meant.labels) {
        const auto k = static_cast<std::size_t>(label);
        check_usage(out.label_of[k] < 0, "data.classes: class '{}' is named twice", names[k]);
        out.label_of[k] = static_cast<std::int32_t>(out.names.size());
        out.names.push_back(names[k]);
    }
    return out;
}

ClassChoice ordered_classes(const std::vector<std::string>& names, const std::vector<std::int64_t>& counts,
                            const std::vector<std::string>& order, bool leave_out_others,
                            const std::string& place) {
    ClassChoice out{order, std::vector<std::int32_t>(names.size(), order.empty() ? 0 : -1)};
    if (order.empty()) return out;
    if (names.empty())
        throw PicturesWithoutClasses(
            fmt::format("[{}] these pictures have no classes; expected {}", place, some_of(order)));
    std::vector<std::string> unknown, missing;
    for (std::size_t k = 0; k < names.size(); ++k) {
        const auto found = std::ranges::find(order, names[k]);
        if (found != order.end())
            out.label_of[k] = static_cast<std::int32_t>(found - order.begin());
        else if (counts[k] > 0)
            unknown.push_back(names[k]);
    }
    if (unknown.empty() || leave_out_others) return out;
    std::ranges::copy_if(order, std::back_inserter(missing), [&](const std::string& name) {
        const auto k = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
        return k == names.size() || counts[k] == 0;
    });
    throw OtherClasses(fmt::format("[{}] there are pictures of {}, which {} among the classes {}{}", place,
                                   some_of(unknown), unknown.size() == 1 ? "is not" : "are not",
                                   some_of(order),
                                   missing.empty() ? "" : "; and none of " + some_of(missing)));
}

}  // namespace mf

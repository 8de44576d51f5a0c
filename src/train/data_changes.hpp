// SPDX-License-Identifier: MIT
// The data of a run as its checkpoint remembers them against the data as they are.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/images.hpp"

namespace mf {

/// Metadata class_counts and class_digests; none for data that are drawn.
std::map<std::string, std::string> data_print_text(const DataPrint& print);

/// The classes of a checkpoint by label, for DataPlan::class_order; nothing where its metadata say nothing of classes.
std::optional<std::vector<std::string>> class_order_of(const std::map<std::string, std::string>& metadata);

/// One line on what else is different, "" for nothing: pictures added or taken, other pictures, those of two classes
/// swapped. `names` is the order of both. Older checkpoints say nothing of it. Error that starts with `place` when a
/// class has lost all its pictures, or seems to have got another name.
std::string data_changes(const std::map<std::string, std::string>& metadata,
                         const std::vector<std::string>& names, const DataPrint& now,
                         const std::string& place);

}  // namespace mf

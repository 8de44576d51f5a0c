// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace mf::cli {

/// Columns in line; all but the first are set to the right. UTF-8.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

/// Remarks go to standard error, so that standard output holds results alone. An empty one is none.
void remark(bool quiet, const std::string& text);

}  // namespace mf::cli

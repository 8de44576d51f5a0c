// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

namespace mf {

/// Takes what a person should know though nothing failed, a line at a time. The library prints nothing itself; an empty
/// one drops the line.
using Remarks = std::function<void(const std::string& line)>;

inline void tell(const Remarks& remarks, const std::string& line) {
    if (remarks) remarks(line);
}

}  // namespace mf

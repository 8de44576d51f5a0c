// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace mf::cli {

/// Asks xdg-open to show this address, and does not wait for it. False when there is no xdg-open here, or no process to be
/// had. Whatever the browser says or does is none of this program's.
bool open_in_browser(const std::string& address);

}  // namespace mf::cli

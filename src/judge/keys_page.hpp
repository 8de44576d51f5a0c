// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace mf {

/// Every key of every choice, and of the training of judges, as the page docs/keys.md (Markdown).
std::string keys_page();

}  // namespace mf

// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace mf::serve {

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace mf::serve

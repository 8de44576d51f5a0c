// SPDX-License-Identifier: MIT
#pragma once

#include "core/option_words.hpp"

namespace mf::serve {

/// What requests know the options of `meanflow sample` as: keys of their JSON. Options of the server stay.
const OptionWords& in_json();

}  // namespace mf::serve

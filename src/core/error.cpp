// SPDX-License-Identifier: MIT
#include "core/error.hpp"

#include <utility>

namespace mf {

Error::Error(const std::string& what, std::string hint) : std::runtime_error(what), hint_(std::move(hint)) {}
Error::~Error() = default;
UsageError::~UsageError() = default;

void throw_error(fmt::string_view text, fmt::format_args args) { throw Error(fmt::vformat(text, args)); }
void throw_usage_error(fmt::string_view text, fmt::format_args args) {
    throw UsageError(fmt::vformat(text, args));
}

}  // namespace mf

// SPDX-License-Identifier: MIT
// Errors as one clear line: "[where] what, expected, got", with an optional hint.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace mf {

/// Something outside the program's control failed (a file, the disk, data): the CLI exits with 1.
class Error : public std::runtime_error {
  public:
    explicit Error(const std::string& what, std::string hint = {})
        : std::runtime_error(what), hint_(std::move(hint)) {}
    const std::string& hint() const { return hint_; }

  private:
    std::string hint_;
};

/// The person asked for something that cannot be (an unknown key, a wrong type): the CLI exits with 2.
class UsageError : public Error {
  public:
    using Error::Error;
};

/// Throws Error when `ok` is false. The message starts with the place in brackets: "[linear] x must be ...".
template <class... Args>
void check(bool ok, fmt::format_string<Args...> text, Args&&... args) {
    if (!ok) [[unlikely]]
        throw Error(fmt::format(text, std::forward<Args>(args)...));
}

/// Throws UsageError when `ok` is false.
template <class... Args>
void check_usage(bool ok, fmt::format_string<Args...> text, Args&&... args) {
    if (!ok) [[unlikely]]
        throw UsageError(fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace mf

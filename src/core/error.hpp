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
    explicit Error(const std::string& what, std::string hint = {});
    Error(const Error&) = default;
    Error(Error&&) = default;
    Error& operator=(const Error&) = default;
    Error& operator=(Error&&) = default;
    ~Error() override;
    const std::string& hint() const { return hint_; }

  private:
    std::string hint_;
};

/// The person asked for something that cannot be (an unknown key, a wrong type): the CLI exits with 2.
class UsageError : public Error {
  public:
    using Error::Error;
    UsageError(const UsageError&) = default;
    UsageError(UsageError&&) = default;
    UsageError& operator=(const UsageError&) = default;
    UsageError& operator=(UsageError&&) = default;
    ~UsageError() override;
};

/// What the checks throw. Not inline, so that a check that holds is one comparison to the code around it, and to the
/// compiler.
[[noreturn, gnu::cold]] void throw_error(fmt::string_view text, fmt::format_args args);
[[noreturn, gnu::cold]] void throw_usage_error(fmt::string_view text, fmt::format_args args);

/// Throws Error when `ok` is false. The message starts with the place in brackets: "[linear] x must be ...".
template <class... Args>
void check(bool ok, fmt::format_string<Args...> text, Args&&... args) {
    if (!ok) [[unlikely]]
        throw_error(text, fmt::make_format_args(args...));
}

/// Throws UsageError when `ok` is false.
template <class... Args>
void check_usage(bool ok, fmt::format_string<Args...> text, Args&&... args) {
    if (!ok) [[unlikely]]
        throw_usage_error(text, fmt::make_format_args(args...));
}

}  // namespace mf

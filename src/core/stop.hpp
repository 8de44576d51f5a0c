// SPDX-License-Identifier: MIT
// How a caller ends long work: work asks now and then whether it should, and leaves by an exception.
#pragma once

#include <functional>

#include "core/error.hpp"

namespace mf {

/// The caller asked for an end; nothing is wrong, and nothing was left half done.
class Stopped : public Error {
  public:
    using Error::Error;
};

/// True: end as soon as possible. Asked on the thread that called, and on no other; empty: never ends.
using Stop = std::function<bool()>;

/// Throws Stopped when the caller asks for an end. `what` was being done.
inline void end_if_asked(const Stop& stop, const char* what) {
    if (stop && stop()) throw Stopped(fmt::format("stopped {}", what));
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#pragma once

#include "core/error.hpp"

namespace mf {

/// A device or the machine has no memory for what was asked. Whoever knows what the memory is for throws it again with that.
class OutOfMemory : public Error {
  public:
    using Error::Error;
    OutOfMemory(const OutOfMemory&) = default;
    OutOfMemory(OutOfMemory&&) = default;
    OutOfMemory& operator=(const OutOfMemory&) = default;
    OutOfMemory& operator=(OutOfMemory&&) = default;
    ~OutOfMemory() override;
};

}  // namespace mf

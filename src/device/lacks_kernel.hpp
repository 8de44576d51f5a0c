// SPDX-License-Identifier: MIT
#pragma once

#include "core/error.hpp"

namespace mf {

/// A device has no kernel for what was asked of it; nothing was computed.
class LacksKernel : public UsageError {
  public:
    using UsageError::UsageError;
    LacksKernel(const LacksKernel&) = default;
    LacksKernel(LacksKernel&&) = default;
    LacksKernel& operator=(const LacksKernel&) = default;
    LacksKernel& operator=(LacksKernel&&) = default;
    ~LacksKernel() override;
};

}  // namespace mf

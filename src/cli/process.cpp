// SPDX-License-Identifier: MIT
#include "cli/process.hpp"

#include <sys/resource.h>

namespace mf::cli {

std::size_t peak_resident_bytes() {
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

}  // namespace mf::cli

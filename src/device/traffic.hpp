// SPDX-License-Identifier: MIT
// What went between the host and a device, and how often the device was called.
#pragma once

#include <cstdint>

namespace mf {

struct Traffic {
    std::uint64_t uploads = 0, uploaded_bytes = 0;
    std::uint64_t downloads = 0, downloaded_bytes = 0;
    std::uint64_t launches = 0;  ///< of kernels of our own
    std::uint64_t products = 0;  ///< by a library of the machine
    std::uint64_t fills = 0;     ///< copies and zeros within the device

    friend Traffic operator-(const Traffic& a, const Traffic& b) {
        return {a.uploads - b.uploads,     a.uploaded_bytes - b.uploaded_bytes,
                a.downloads - b.downloads, a.downloaded_bytes - b.downloaded_bytes,
                a.launches - b.launches,   a.products - b.products,
                a.fills - b.fills};
    }
};

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "ops/gpu/gpu_errors.hpp"

namespace mf::gpu {
namespace {

constexpr const char* kLess = "fewer rows at a time need less";

double mebibytes(std::size_t bytes) { return static_cast<double>(bytes) / 1048576.0; }

}  // namespace

OutOfMemory beyond_memory(const std::string& place, std::size_t wanted, std::size_t used, std::size_t limit) {
    return OutOfMemory(fmt::format("[{}] the device has no {:.1f} MiB more, {:.1f} of {:.1f} MiB are in use",
                                   place, mebibytes(wanted), mebibytes(used), mebibytes(limit)),
                       kLess);
}

OutOfMemory beyond_block(const std::string& place, std::size_t wanted, std::size_t largest) {
    return OutOfMemory(
        fmt::format("[{}] a block of {:.1f} MiB is larger than the {:.1f} MiB that this device gives at once",
                    place, mebibytes(wanted), mebibytes(largest)),
        kLess);
}

OutOfMemory no_memory(const std::string& place, std::size_t wanted, std::size_t used,
                      std::string_view reason) {
    return OutOfMemory(fmt::format("[{}] the device has no {:.1f} MiB more, {:.1f} MiB are in use ({})",
                                   place, mebibytes(wanted), mebibytes(used), reason),
                       kLess);
}

OutOfMemory no_memory_for(const std::string& place, std::string_view work, std::size_t used,
                          std::string_view reason) {
    return OutOfMemory(fmt::format("[{}] {}: the device is out of memory, {:.1f} MiB are in use ({})", place,
                                   work, mebibytes(used), reason),
                       kLess);
}

std::string first_error_line(std::string_view log) {
    const std::size_t error = log.find("error");
    if (error != std::string_view::npos) {
        const std::size_t before = log.rfind('\n', error);
        log.remove_prefix(before == std::string_view::npos ? 0 : before + 1);
    }
    return std::string(log.substr(0, log.find('\n')));
}

}  // namespace mf::gpu

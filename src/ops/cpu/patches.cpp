// SPDX-License-Identifier: MIT
#include "ops/cpu/cpu_device.hpp"

namespace mf {

void CpuDevice::patches(Into y, View x, const PatchGrid& g, PatchEntries entries, bool back) {
    const float* source = x.f32();
    float* target = y.f32();
    const std::int64_t across = g.width / g.patch, samples = y.count() / g.pixels();
    team_.split(samples, 1, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t s = begin; s < end; ++s)
            for (std::int64_t row = 0; row < g.height; ++row)
                for (std::int64_t col = 0; col < g.width; ++col) {
                    const std::int64_t patch =
                        (s * (g.height / g.patch) + row / g.patch) * across + col / g.patch;
                    const std::int64_t i = row % g.patch, j = col % g.patch;
                    const std::int64_t pixel = ((s * g.height + row) * g.width + col) * g.channels;
                    for (std::int64_t c = 0; c < g.channels; ++c) {
                        const std::int64_t entry = entries == PatchEntries::channel_first
                                                       ? (c * g.patch + i) * g.patch + j
                                                       : (i * g.patch + j) * g.channels + c;
                        const std::int64_t place = patch * g.entries() + entry;
                        if (back)
                            target[pixel + c] = source[place];
                        else
                            target[place] = source[pixel + c];
                    }
                }
    });
}

}  // namespace mf

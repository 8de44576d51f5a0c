// SPDX-License-Identifier: MIT
#include "models/inception_layers.hpp"

#include <algorithm>
#include <array>

namespace mf {
namespace {

// name, channels, kernel height and width, stride, padding, input
constexpr std::array<InceptionLayer, 94> kLayers = {{
    {"Conv2d_1a_3x3", 32, 3, 3, 2, 0, 0, "image"},
    {"Conv2d_2a_3x3", 32, 3, 3, 1, 0, 0, "Conv2d_1a_3x3"},
    {"Conv2d_2b_3x3", 64, 3, 3, 1, 1, 1, "Conv2d_2a_3x3"},
    {"Conv2d_3b_1x1", 80, 1, 1, 1, 0, 0, "Conv2d_2b_3x3"},
    {"Conv2d_4a_3x3", 192, 3, 3, 1, 0, 0, "Conv2d_3b_1x1"},
    {"Mixed_5b.branch1x1", 64, 1, 1, 1, 0, 0, "Conv2d_4a_3x3"},
    {"Mixed_5b.branch5x5_1", 48, 1, 1, 1, 0, 0, "Conv2d_4a_3x3"},
    {"Mixed_5b.branch5x5_2", 64, 5, 5, 1, 2, 2, "Mixed_5b.branch5x5_1"},
    {"Mixed_5b.branch3x3dbl_1", 64, 1, 1, 1, 0, 0, "Conv2d_4a_3x3"},
    {"Mixed_5b.branch3x3dbl_2", 96, 3, 3, 1, 1, 1, "Mixed_5b.branch3x3dbl_1"},
    {"Mixed_5b.branch3x3dbl_3", 96, 3, 3, 1, 1, 1, "Mixed_5b.branch3x3dbl_2"},
    {"Mixed_5b.branch_pool", 32, 1, 1, 1, 0, 0, "Conv2d_4a_3x3"},
    {"Mixed_5c.branch1x1", 64, 1, 1, 1, 0, 0, "Mixed_5b"},
    {"Mixed_5c.branch5x5_1", 48, 1, 1, 1, 0, 0, "Mixed_5b"},
    {"Mixed_5c.branch5x5_2", 64, 5, 5, 1, 2, 2, "Mixed_5c.branch5x5_1"},
    {"Mixed_5c.branch3x3dbl_1", 64, 1, 1, 1, 0, 0, "Mixed_5b"},
    {"Mixed_5c.branch3x3dbl_2", 96, 3, 3, 1, 1, 1, "Mixed_5c.branch3x3dbl_1"},
    {"Mixed_5c.branch3x3dbl_3", 96, 3, 3, 1, 1, 1, "Mixed_5c.branch3x3dbl_2"},
    {"Mixed_5c.branch_pool", 64, 1, 1, 1, 0, 0, "Mixed_5b"},
    {"Mixed_5d.branch1x1", 64, 1, 1, 1, 0, 0, "Mixed_5c"},
    {"Mixed_5d.branch5x5_1", 48, 1, 1, 1, 0, 0, "Mixed_5c"},
    {"Mixed_5d.branch5x5_2", 64, 5, 5, 1, 2, 2, "Mixed_5d.branch5x5_1"},
    {"Mixed_5d.branch3x3dbl_1", 64, 1, 1, 1, 0, 0, "Mixed_5c"},
    {"Mixed_5d.branch3x3dbl_2", 96, 3, 3, 1, 1, 1, "Mixed_5d.branch3x3dbl_1"},
    {"Mixed_5d.branch3x3dbl_3", 96, 3, 3, 1, 1, 1, "Mixed_5d.branch3x3dbl_2"},
    {"Mixed_5d.branch_pool", 64, 1, 1, 1, 0, 0, "Mixed_5c"},
    {"Mixed_6a.branch3x3", 384, 3, 3, 2, 0, 0, "Mixed_5d"},
    {"Mixed_6a.branch3x3dbl_1", 64, 1, 1, 1, 0, 0, "Mixed_5d"},
    {"Mixed_6a.branch3x3dbl_2", 96, 3, 3, 1, 1, 1, "Mixed_6a.branch3x3dbl_1"},
    {"Mixed_6a.branch3x3dbl_3", 96, 3, 3, 2, 0, 0, "Mixed_6a.branch3x3dbl_2"},
    {"Mixed_6b.branch1x1", 192, 1, 1, 1, 0, 0, "Mixed_6a"},
    {"Mixed_6b.branch7x7_1", 128, 1, 1, 1, 0, 0, "Mixed_6a"},
    {"Mixed_6b.branch7x7_2", 128, 1, 7, 1, 0, 3, "Mixed_6b.branch7x7_1"},
    {"Mixed_6b.branch7x7_3", 192, 7, 1, 1, 3, 0, "Mixed_6b.branch7x7_2"},
    {"Mixed_6b.branch7x7dbl_1", 128, 1, 1, 1, 0, 0, "Mixed_6a"},
    {"Mixed_6b.branch7x7dbl_2", 128, 7, 1, 1, 3, 0, "Mixed_6b.branch7x7dbl_1"},
    {"Mixed_6b.branch7x7dbl_3", 128, 1, 7, 1, 0, 3, "Mixed_6b.branch7x7dbl_2"},
    {"Mixed_6b.branch7x7dbl_4", 128, 7, 1, 1, 3, 0, "Mixed_6b.branch7x7dbl_3"},
    {"Mixed_6b.branch7x7dbl_5", 192, 1, 7, 1, 0, 3, "Mixed_6b.branch7x7dbl_4"},
    {"Mixed_6b.branch_pool", 192, 1, 1, 1, 0, 0, "Mixed_6a"},
    {"Mixed_6c.branch1x1", 192, 1, 1, 1, 0, 0, "Mixed_6b"},
    {"Mixed_6c.branch7x7_1", 160, 1, 1, 1, 0, 0, "Mixed_6b"},
    {"Mixed_6c.branch7x7_2", 160, 1, 7, 1, 0, 3, "Mixed_6c.branch7x7_1"},
    {"Mixed_6c.branch7x7_3", 192, 7, 1, 1, 3, 0, "Mixed_6c.branch7x7_2"},
    {"Mixed_6c.branch7x7dbl_1", 160, 1, 1, 1, 0, 0, "Mixed_6b"},
    {"Mixed_6c.branch7x7dbl_2", 160, 7, 1, 1, 3, 0, "Mixed_6c.branch7x7dbl_1"},
    {"Mixed_6c.branch7x7dbl_3", 160, 1, 7, 1, 0, 3, "Mixed_6c.branch7x7dbl_2"},
    {"Mixed_6c.branch7x7dbl_4", 160, 7, 1, 1, 3, 0, "Mixed_6c.branch7x7dbl_3"},
    {"Mixed_6c.branch7x7dbl_5", 192, 1, 7, 1, 0, 3, "Mixed_6c.branch7x7dbl_4"},
    {"Mixed_6c.branch_pool", 192, 1, 1, 1, 0, 0, "Mixed_6b"},
    {"Mixed_6d.branch1x1", 192, 1, 1, 1, 0, 0, "Mixed_6c"},
    {"Mixed_6d.branch7x7_1", 160, 1, 1, 1, 0, 0, "Mixed_6c"},
    {"Mixed_6d.branch7x7_2", 160, 1, 7, 1, 0, 3, "Mixed_6d.branch7x7_1"},
    {"Mixed_6d.branch7x7_3", 192, 7, 1, 1, 3, 0, "Mixed_6d.branch7x7_2"},
    {"Mixed_6d.branch7x7dbl_1", 160, 1, 1, 1, 0, 0, "Mixed_6c"},
    {"Mixed_6d.branch7x7dbl_2", 160, 7, 1, 1, 3, 0, "Mixed_6d.branch7x7dbl_1"},
    {"Mixed_6d.branch7x7dbl_3", 160, 1, 7, 1, 0, 3, "Mixed_6d.branch7x7dbl_2"},
    {"Mixed_6d.branch7x7dbl_4", 160, 7, 1, 1, 3, 0, "Mixed_6d.branch7x7dbl_3"},
    {"Mixed_6d.branch7x7dbl_5", 192, 1, 7, 1, 0, 3, "Mixed_6d.branch7x7dbl_4"},
    {"Mixed_6d.branch_pool", 192, 1, 1, 1, 0, 0, "Mixed_6c"},
    {"Mixed_6e.branch1x1", 192, 1, 1, 1, 0, 0, "Mixed_6d"},
    {"Mixed_6e.branch7x7_1", 192, 1, 1, 1, 0, 0, "Mixed_6d"},
    {"Mixed_6e.branch7x7_2", 192, 1, 7, 1, 0, 3, "Mixed_6e.branch7x7_1"},
    {"Mixed_6e.branch7x7_3", 192, 7, 1, 1, 3, 0, "Mixed_6e.branch7x7_2"},
    {"Mixed_6e.branch7x7dbl_1", 192, 1, 1, 1, 0, 0, "Mixed_6d"},
    {"Mixed_6e.branch7x7dbl_2", 192, 7, 1, 1, 3, 0, "Mixed_6e.branch7x7dbl_1"},
    {"Mixed_6e.branch7x7dbl_3", 192, 1, 7, 1, 0, 3, "Mixed_6e.branch7x7dbl_2"},
    {"Mixed_6e.branch7x7dbl_4", 192, 7, 1, 1, 3, 0, "Mixed_6e.branch7x7dbl_3"},
    {"Mixed_6e.branch7x7dbl_5", 192, 1, 7, 1, 0, 3, "Mixed_6e.branch7x7dbl_4"},
    {"Mixed_6e.branch_pool", 192, 1, 1, 1, 0, 0, "Mixed_6d"},
    {"Mixed_7a.branch3x3_1", 192, 1, 1, 1, 0, 0, "Mixed_6e"},
    {"Mixed_7a.branch3x3_2", 320, 3, 3, 2, 0, 0, "Mixed_7a.branch3x3_1"},
    {"Mixed_7a.branch7x7x3_1", 192, 1, 1, 1, 0, 0, "Mixed_6e"},
    {"Mixed_7a.branch7x7x3_2", 192, 1, 7, 1, 0, 3, "Mixed_7a.branch7x7x3_1"},
    {"Mixed_7a.branch7x7x3_3", 192, 7, 1, 1, 3, 0, "Mixed_7a.branch7x7x3_2"},
    {"Mixed_7a.branch7x7x3_4", 192, 3, 3, 2, 0, 0, "Mixed_7a.branch7x7x3_3"},
    {"Mixed_7b.branch1x1", 320, 1, 1, 1, 0, 0, "Mixed_7a"},
    {"Mixed_7b.branch3x3_1", 384, 1, 1, 1, 0, 0, "Mixed_7a"},
    {"Mixed_7b.branch3x3_2a", 384, 1, 3, 1, 0, 1, "Mixed_7b.branch3x3_1"},
    {"Mixed_7b.branch3x3_2b", 384, 3, 1, 1, 1, 0, "Mixed_7b.branch3x3_1"},
    {"Mixed_7b.branch3x3dbl_1", 448, 1, 1, 1, 0, 0, "Mixed_7a"},
    {"Mixed_7b.branch3x3dbl_2", 384, 3, 3, 1, 1, 1, "Mixed_7b.branch3x3dbl_1"},
    {"Mixed_7b.branch3x3dbl_3a", 384, 1, 3, 1, 0, 1, "Mixed_7b.branch3x3dbl_2"},
    {"Mixed_7b.branch3x3dbl_3b", 384, 3, 1, 1, 1, 0, "Mixed_7b.branch3x3dbl_2"},
    {"Mixed_7b.branch_pool", 192, 1, 1, 1, 0, 0, "Mixed_7a"},
    {"Mixed_7c.branch1x1", 320, 1, 1, 1, 0, 0, "Mixed_7b"},
    {"Mixed_7c.branch3x3_1", 384, 1, 1, 1, 0, 0, "Mixed_7b"},
    {"Mixed_7c.branch3x3_2a", 384, 1, 3, 1, 0, 1, "Mixed_7c.branch3x3_1"},
    {"Mixed_7c.branch3x3_2b", 384, 3, 1, 1, 1, 0, "Mixed_7c.branch3x3_1"},
    {"Mixed_7c.branch3x3dbl_1", 448, 1, 1, 1, 0, 0, "Mixed_7b"},
    {"Mixed_7c.branch3x3dbl_2", 384, 3, 3, 1, 1, 1, "Mixed_7c.branch3x3dbl_1"},
    {"Mixed_7c.branch3x3dbl_3a", 384, 1, 3, 1, 0, 1, "Mixed_7c.branch3x3dbl_2"},
    {"Mixed_7c.branch3x3dbl_3b", 384, 3, 1, 1, 1, 0, "Mixed_7c.branch3x3dbl_2"},
    {"Mixed_7c.branch_pool", 192, 1, 1, 1, 0, 0, "Mixed_7b"},
}};

struct BlockParts {
    std::string_view name;
    std::array<std::string_view, 6> parts;  ///< the rest is empty
};

constexpr std::array<BlockParts, 11> kBlocks = {{
    {"Mixed_5b",
     {"Mixed_5b.branch1x1", "Mixed_5b.branch5x5_2", "Mixed_5b.branch3x3dbl_3", "Mixed_5b.branch_pool"}},
    {"Mixed_5c",
     {"Mixed_5c.branch1x1", "Mixed_5c.branch5x5_2", "Mixed_5c.branch3x3dbl_3", "Mixed_5c.branch_pool"}},
    {"Mixed_5d",
     {"Mixed_5d.branch1x1", "Mixed_5d.branch5x5_2", "Mixed_5d.branch3x3dbl_3", "Mixed_5d.branch_pool"}},
    {"Mixed_6a", {"Mixed_6a.branch3x3", "Mixed_6a.branch3x3dbl_3", "pool"}},
    {"Mixed_6b",
     {"Mixed_6b.branch1x1", "Mixed_6b.branch7x7_3", "Mixed_6b.branch7x7dbl_5", "Mixed_6b.branch_pool"}},
    {"Mixed_6c",
     {"Mixed_6c.branch1x1", "Mixed_6c.branch7x7_3", "Mixed_6c.branch7x7dbl_5", "Mixed_6c.branch_pool"}},
    {"Mixed_6d",
     {"Mixed_6d.branch1x1", "Mixed_6d.branch7x7_3", "Mixed_6d.branch7x7dbl_5", "Mixed_6d.branch_pool"}},
    {"Mixed_6e",
     {"Mixed_6e.branch1x1", "Mixed_6e.branch7x7_3", "Mixed_6e.branch7x7dbl_5", "Mixed_6e.branch_pool"}},
    {"Mixed_7a", {"Mixed_7a.branch3x3_2", "Mixed_7a.branch7x7x3_4", "pool"}},
    {"Mixed_7b",
     {"Mixed_7b.branch1x1", "Mixed_7b.branch3x3_2a", "Mixed_7b.branch3x3_2b", "Mixed_7b.branch3x3dbl_3a",
      "Mixed_7b.branch3x3dbl_3b", "Mixed_7b.branch_pool"}},
    {"Mixed_7c",
     {"Mixed_7c.branch1x1", "Mixed_7c.branch3x3_2a", "Mixed_7c.branch3x3_2b", "Mixed_7c.branch3x3dbl_3a",
      "Mixed_7c.branch3x3dbl_3b", "Mixed_7c.branch_pool"}},
}};

}  // namespace

std::span<const InceptionLayer> inception_layers() { return kLayers; }

std::span<const std::string_view> inception_parts(std::string_view block) {
    for (const BlockParts& candidate : kBlocks) {
        if (candidate.name != block) continue;
        std::size_t count = 0;
        while (count < candidate.parts.size() && !candidate.parts[count].empty()) ++count;
        return std::span(candidate.parts).first(count);
    }
    return {};
}

std::int64_t inception_channels(std::string_view what,
                                const std::function<std::int64_t(std::string_view layer)>& of_layer) {
    if (what == "image") return 3;
    const auto parts = inception_parts(what);
    if (parts.empty()) return of_layer(what);
    // What a block reads is what its first layer reads.
    const auto first = std::ranges::find_if(
        kLayers, [&](const InceptionLayer& layer) { return layer.name.starts_with(what); });
    std::int64_t sum = 0;
    for (const std::string_view part : parts)
        sum += inception_channels(part == "pool" ? first->input : part, of_layer);
    return sum;
}

}  // namespace mf

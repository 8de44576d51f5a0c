// SPDX-License-Identifier: MIT
#include "models/transformer_sizes.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"

namespace mf {
namespace {

struct NamedSize {
    const char* name;
    TransformerSize size;
};

/// B to XL are the published ones (arXiv 2512.02012, table 6; heads of 8 blocks); T and S train on a CPU within hours (T with an
/// even number of units, 320, because GEMM in bf16 takes numbers in pairs).
constexpr std::array<NamedSize, 6> kSizes = {{
    {"T", {128, 6, 4, 3, 2, 2.5}},
    {"S", {256, 8, 4, 4, 4, 8.0 / 3.0}},
    {"B", {768, 12, 12, 8, 2, 8.0 / 3.0}},
    {"M", {768, 24, 12, 8, 2, 8.0 / 3.0}},
    {"L", {1024, 32, 16, 8, 2, 8.0 / 3.0}},
    {"XL", {1024, 48, 16, 8, 2, 8.0 / 3.0}},
}};

}  // namespace

TransformerSize named_transformer_size(const std::string& name) {
    const auto found = std::ranges::find_if(kSizes, [&](const NamedSize& one) { return one.name == name; });
    check_usage(found != kSizes.end(), "transformer size '{}' is not known; there are T, S, B, M, L, XL",
                name);
    return found->size;
}

void check_patch(std::int64_t patch, std::int64_t height, std::int64_t width) {
    if (height % patch == 0 && width % patch == 0) return;
    std::vector<std::int64_t> sides;
    for (std::int64_t side = 1; side <= std::min(height, width); ++side)
        if (height % side == 0 && width % side == 0) sides.push_back(side);
    throw UsageError(fmt::format("model.patch={} does not divide samples of {} x {}", patch, height, width),
                     fmt::format("{} would, or data of a side that {} divides (data.size)",
                                 fmt::join(sides, ", "), patch));
}

void check_heads(std::int64_t hidden, std::int64_t heads, std::int64_t unit) {
    if (hidden % heads == 0 && hidden / heads % unit == 0) return;
    std::vector<std::int64_t> possible;
    for (std::int64_t n = 1; n <= std::min<std::int64_t>(hidden, 64); ++n)
        if (hidden % n == 0 && hidden / n % unit == 0) possible.push_back(n);
    throw UsageError(fmt::format("model.hidden={} must be model.heads={} times {}", hidden, heads,
                                 unit == 1 ? "a whole number" : "an even number"),
                     possible.empty() ? "take an even model.hidden"
                                      : fmt::format("model.heads={} would do, or another width",
                                                    fmt::join(possible, ", ")));
}

std::int64_t transformer_tile(std::int64_t tokens, std::int64_t hidden) {
    // About 300 rows of 256 columns were fastest on two cores with 1 MiB of second-level cache each.
    return std::clamp<std::int64_t>(80'000 / (tokens * hidden), 1, 64);
}

OptionTable transformer_options() {
    std::vector<std::string> names;
    for (const NamedSize& named : kSizes) names.emplace_back(named.name);
    return {
        {"model.size", OptionKind::text, "S", "width, depth, heads and patch by name (docs/models.md)", 0, 0,
         names},
        {"model.patch", OptionKind::integer, "0", "side of a patch in pixels; 0: as the size says", 0, 1024},
        {"model.hidden", OptionKind::integer, "0", "width of a token; 0: as the size says", 0, 65536},
        {"model.depth", OptionKind::integer, "0", "blocks from input to output; 0: as the size says", 0,
         1024},
        {"model.heads", OptionKind::integer, "0", "attention heads; 0: as the size says", 0, 1024},
    };
}

TransformerSize transformer_size(const Settings& settings, const SampleKind& sample) {
    if (sample.shape.rank() != 3)
        throw UsageError("model.name=" + settings.text("model.name") +
                             " is for images (height, width, channels); "
                             "samples of data.name=" +
                             settings.text("data.name") + " are " + sample.shape.text(),
                         "use model.name=mlp for points");
    TransformerSize size = named_transformer_size(settings.text("model.size"));
    const auto own = [&](const char* key, std::int64_t& value) {
        if (const std::int64_t given = settings.integer(key); given > 0) value = given;
    };
    own("model.patch", size.patch);
    own("model.hidden", size.hidden);
    own("model.depth", size.depth);
    own("model.heads", size.heads);
    return size;
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "ops/patchify.hpp"

#include "ops/cases/transformer_sizes.hpp"

namespace mf {
namespace {

/// Element (patch row, patch column, row, column, channel) of an image.
std::size_t pixel(const PatchGrid& g, std::int64_t py, std::int64_t px, std::int64_t i, std::int64_t j,
                  std::int64_t c) {
    return at(((py * g.patch + i) * g.width + px * g.patch + j) * g.channels + c);
}

/// Calls visit(pixel, entry) for one image; entries channel first or last within a patch.
template <class Visit>
void for_entries(const PatchGrid& g, bool channel_first, Visit visit) {
    for (std::int64_t py = 0; py < g.height / g.patch; ++py)
        for (std::int64_t px = 0; px < g.width / g.patch; ++px)
            for (std::int64_t i = 0; i < g.patch; ++i)
                for (std::int64_t j = 0; j < g.patch; ++j)
                    for (std::int64_t c = 0; c < g.channels; ++c) {
                        const std::int64_t inside = channel_first ? (c * g.patch + i) * g.patch + j
                                                                  : (i * g.patch + j) * g.channels + c;
                        visit(pixel(g, py, px, i, j, c),
                              at((py * (g.width / g.patch) + px) * g.entries() + inside));
                    }
}

OpCase patch_case(std::int64_t samples, const PatchGrid& g, bool back) {
    OpCase out;
    out.name = fmt::format("{}x{}x{}x{}_by_{}", samples, g.height, g.width, g.channels, g.patch);
    out.data = {{.name = back ? "y" : "x", .shape = {samples, g.pixels()}}};
    out.run = [g, back](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return back ? unpatchify(context, data[0].reshaped(g.entries()), g)
                    : patchify(context, data[0], g).reshaped(g.pixels());
    };
    out.reference = [g, back](const Numbers& x, const Numbers&) {
        std::vector<double> y(x[0].size());
        for (std::size_t from = 0; from < y.size(); from += at(g.pixels()))
            for_entries(g, !back, [&](std::size_t p, std::size_t e) {
                (back ? y[from + p] : y[from + e]) = back ? x[0][from + e] : x[0][from + p];
            });
        return y;
    };
    return out;
}

std::vector<OpCase> cases_of(bool back) {
    return {patch_case(1, {1, 1, 1, 1}, back), patch_case(3, {8, 8, 4, 2}, back),
            patch_case(5, {6, 9, 3, 3}, back), patch_case(2, {4, 8, 1, 4}, back),
            patch_case(31, {4, 4, 3, 1}, back)};
}
std::vector<OpCase> patchify_cases() { return cases_of(false); }
std::vector<OpCase> cases_back() { return cases_of(true); }
std::vector<OpCase> patchify_timed(Precision) { return {patch_case(16, {32, 32, 3, 4}, false)}; }
std::vector<OpCase> timed_back(Precision) { return {patch_case(16, {32, 32, 3, 4}, true)}; }

}  // namespace

OpEntry patchify_entry() {
    return {"patchify", "y[patch][c][i][j] = x[p_y P + i][p_x P + j][c];  y' likewise;  x̄ by the inverse",
            patchify_cases, patchify_timed};
}

OpEntry unpatchify_entry() {
    return {"unpatchify", "x[p_y P + i][p_x P + j][c] = y[patch][i][j][c];  x' likewise;  ȳ by the inverse",
            cases_back, timed_back};
}

}  // namespace mf

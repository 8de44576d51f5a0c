// SPDX-License-Identifier: MIT
// How figures look: colours that people with any colour vision can tell apart, sizes, fonts. Lengths are in
// points of the drawing, 1/72 inch; an SVG unit is one point and a PNG has `kPngScale` pixels a point.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mf::plot {

struct Colour {
    std::uint8_t red = 0, green = 0, blue = 0;
    bool operator==(const Colour&) const = default;
};

/// The palette of Okabe and Ito (2008, "Color universal design"), the strong colours first.
inline constexpr Colour kBlue{0, 114, 178}, kVermilion{213, 94, 0}, kGreen{0, 158, 115},
    kPurple{204, 121, 167}, kOrange{230, 159, 0}, kSky{86, 180, 233}, kBlack{0, 0, 0};

/// Greys, from text to the lightest background.
inline constexpr Colour kInk{34, 34, 34}, kFaintInk{102, 102, 102}, kAxis{140, 140, 140},
    kCloudGrey{150, 150, 150}, kGridGrey{230, 230, 230}, kTileGrey{233, 233, 233}, kWhite{255, 255, 255};

/// Colour of the `index`-th method of a figure; it starts again after seven.
inline constexpr Colour method_colour(std::size_t index) {
    constexpr std::array<Colour, 7> colours{kBlue, kVermilion, kGreen, kPurple, kOrange, kSky, kBlack};
    return colours[index % colours.size()];
}

/// Colour scales as evenly spaced stops, low to high.
inline std::vector<Colour> scale_towards(Colour colour) {
    // Half way to the colour early on, so that thin parts of a density are seen; darkened at the top end.
    const auto mix = [&](double share) {
        const auto channel = [&](int c) { return static_cast<std::uint8_t>(255 + share * (c - 255)); };
        return Colour{channel(colour.red), channel(colour.green), channel(colour.blue)};
    };
    const auto dark = [](int c) { return static_cast<std::uint8_t>(c * 0.55); };
    return {kWhite, mix(0.45), mix(0.8), colour,
            Colour{dark(colour.red), dark(colour.green), dark(colour.blue)}};
}
inline std::vector<Colour> sequential_scale() { return scale_towards(kBlue); }
inline std::vector<Colour> diverging_scale() {
    return {kBlue, Colour{146, 197, 222}, Colour{247, 247, 247}, Colour{244, 165, 130}, kVermilion};
}

/// Family names that every system maps to a sans-serif face; sizes in points.
inline constexpr const char* kFont = "Helvetica";
inline constexpr double kTitleSize = 14, kHeadingSize = 12, kPanelTitleSize = 11.5, kTextSize = 10.5,
                        kTickSize = 9.5, kLeastSize = 6.5;

inline constexpr double kMargin = 12;  ///< around everything
inline constexpr double kGap = 9;      ///< between panels
inline constexpr double kFrameWidth = 0.7;
inline constexpr double kLineWidth = 1.7;
inline constexpr double kPointSize = 1.9;  ///< diameter
inline constexpr int kPngScale = 2;        ///< pixels of a PNG in one point

}  // namespace mf::plot

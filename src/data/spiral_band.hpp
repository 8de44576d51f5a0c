// SPDX-License-Identifier: MIT
// Points spread evenly over bands that follow Archimedean spirals: the common part of `spiral` and
// `swiss_roll`.
#pragma once

#include <string>

#include "data/dataset.hpp"

namespace mf {

/// `arms` equal spirals, rotated against each other; the middle of an arm runs from radius `start` to `end`
/// while its angle makes `turns` turns, and the arm reaches `noise` to either side of it, measured along the
/// radius.
struct SpiralShape {
    int arms;
    double start, end, turns, noise;
    int sections;  ///< an arm counts as so many modes of equal mass, from the middle outwards
};

/// UsageError, in the name of `who`, when neighbouring windings would overlap or the band would cover the
/// origin.
std::unique_ptr<Dataset> make_spiral_band(const std::string& who, const SpiralShape& shape);

}  // namespace mf

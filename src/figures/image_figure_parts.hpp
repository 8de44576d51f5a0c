// SPDX-License-Identifier: MIT
// What the figures of images have in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "figures/image_figures.hpp"

namespace mf {

using Bytes = std::vector<std::uint8_t>;

inline constexpr std::int64_t kManySteps = 50;  ///< for networks that know the velocity at a point only

/// The one number of sampler steps of a figure that does not compare several: --steps, or what suits the network.
std::int64_t steps_of(const ImageFigureRequest& request, const LoadedModel& model);
/// "1 step", or for runs that differ "mf 1 step, fm 50 steps".
std::string all_steps(const ImageFigureRequest& request, const std::vector<LoadedModel>& models);
std::string steps_words(std::int64_t steps);

/// The one strength and interval of figures that do not compare several. UsageError when there are more.
GuidanceRequest one_guidance(const ImageFigureRequest& request);
/// "ω = 2 in [0.2, 0.8]".
std::string words_of(const LoadedModel& model, const GuidanceRequest& guidance);

SampleRequest sampling_of(const ImageFigureRequest& request, std::int64_t count, std::int64_t steps,
                          GuidanceRequest guidance);
/// Samples as pictures, one after the other.
Bytes drawn(const LoadedModel& model, const SampleRequest& request, Team& team);

/// How many samples a row or column of classes has: each class once (ten at most), as many as a list names, or 8.
std::int64_t usual_count(const ImageFigureRequest& request, const LoadedModel& model);
/// Their names; empty texts where there are no classes.
std::vector<std::string> class_labels(const ImageFigureRequest& request, const LoadedModel& model,
                                      std::int64_t count);

/// An empty grid for pictures of this kind.
plot::PictureGrid grid_for(const LoadedModel& model);
/// Name of a run where there are several.
std::string heading_of(const ImageFigureRequest& request, std::size_t run);
/// Fills the cells from columns of pictures, each as many as there are rows.
void fill_by_columns(plot::PictureGrid& grid, const std::vector<Bytes>& columns);

/// Figure sheet.
plot::PictureGrid image_sheet(const ImageFigureRequest& request, const std::vector<LoadedModel>& models,
                              Team& team);
/// Figure evolution.
plot::PictureGrid image_evolution(const ImageFigureRequest& request, const std::vector<LoadedModel>& models,
                                  Team& team);

}  // namespace mf

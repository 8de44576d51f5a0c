// SPDX-License-Identifier: MIT
// Kernels on pictures, channels last: a row is a pixel (or, of patchify, a sample). All f32 unless said otherwise.
#pragma once

#include "device/matrix_kernels.hpp"
#include "device/view.hpp"

namespace mf {

struct PatchGrid {
    std::int64_t height, width, channels, patch;  ///< of the image; `patch`: side P of a patch
    std::int64_t count() const { return height / patch * (width / patch); }
    std::int64_t entries() const { return patch * patch * channels; }
    std::int64_t pixels() const { return height * width * channels; }
};
/// What is in which order within a patch.
enum class PatchEntries : std::uint8_t { channel_first, channel_last };

/// Places of a grid with their channels.
struct PlaceGrid {
    std::int64_t height, width, channels;
    std::int64_t places() const { return height * width; }
    bool holds(std::int64_t i, std::int64_t j) const { return i >= 0 && i < height && j >= 0 && j < width; }
};

class PictureKernels {
  public:
    /// Images to patches, or patches to images where `back`.
    virtual void patches(Into y, View x, const PatchGrid& grid, PatchEntries entries, bool back) = 0;
    /// y: the channels of the 3 x 3 places around each place, zeros outside; f32 or bf16 as x is.
    virtual void neighbours(Into y, View x, const PlaceGrid& grid) = 0;
    virtual void neighbours_adjoint(Into dx, View dy, const PlaceGrid& grid) = 0;

  protected:
    ~PictureKernels() = default;
};

}  // namespace mf

// SPDX-License-Identifier: MIT
// The sheets of samples that training leaves in RUN/samples, read back as pictures.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <vector>

#include "nn/velocity_model.hpp"

namespace mf {

/// The sheets of one run.
struct StoredSheets {
    std::map<std::int64_t, std::filesystem::path> files;  ///< by training step
    std::int64_t columns = 0;                             ///< pictures in a row of a sheet
    Shape image;
    std::int64_t zoom = 1, padding = 0;  ///< pixels of a sheet
};

/// Sheets of RUN/samples that are laid out as training lays them out; none is no error.
StoredSheets stored_sheets(const std::filesystem::path& run, const SampleKind& sample);
/// Steps of which every run has a sheet, at most `most` of them, evenly picked, the last included.
std::vector<std::int64_t> common_sheets(const std::vector<StoredSheets>& runs, std::size_t most);
/// The first `count` pictures of a sheet in their own size, (count, H, W, C).
std::vector<std::uint8_t> first_row(const StoredSheets& sheets, std::int64_t step, std::int64_t count);

}  // namespace mf

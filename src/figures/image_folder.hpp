// SPDX-License-Identifier: MIT
// Samples that are images, a PNG each in a folder: 000012_cat.png. A folder that holds anything else is not mixed into.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/remarks.hpp"
#include "generate/sampling.hpp"
#include "io/png.hpp"

namespace mf {

struct FolderRequest {
    PictureText text;    ///< of every picture
    bool force = false;  ///< the folder may hold something
    Remarks remarks;     ///< what was kept, replaced and left alone
};

/// Draws samples piece by piece and writes a picture each. Pictures of other sets that this program wrote and named are
/// replaced, those of the same set stay and are not drawn again, and nothing else is touched. Returns the seconds that
/// drawing took. UsageError when the folder is not empty and nobody said force, or when a name that is needed belongs to a
/// file of somebody else.
double write_image_folder(const std::filesystem::path& folder, const LoadedModel& loaded,
                          const SampleRequest& request, const FolderRequest& how, Team& team);

}  // namespace mf

// SPDX-License-Identifier: MIT
// Pictures one portion after the other, wherever they come from: what the FID network looks at.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/remarks.hpp"
#include "core/team.hpp"
#include "data/images.hpp"
#include "generate/sampling.hpp"
#include "judge/fid_variant.hpp"

namespace mf {

/// Of all pictures of a source.
struct PictureSize {
    int height = 0, width = 0;
};

class PictureSource {
  public:
    virtual ~PictureSource() = default;

    virtual std::int64_t count() const = 0;
    /// Pictures first .. first + count - 1; portions are asked for in order. Picture i is the same whatever portion it is in.
    virtual std::vector<BytePicture> read(std::int64_t first, std::int64_t count, Team& team) = 0;
    /// What the pictures are, in a line that changes when they do.
    virtual std::string print() const = 0;
    /// Height and width of the pictures, or of the first of them where they differ.
    virtual PictureSize size() const = 0;
    /// How many are best asked for at a time.
    virtual std::int64_t portion() const { return 64; }
};

/// Samples of a network, which must outlive this, by `request` (its count are all), as its decoder shows them. `file` is for
/// messages.
std::unique_ptr<PictureSource> pictures_of_model(const LoadedModel& model, const SampleRequest& request,
                                                 const std::filesystem::path& file, ByteRule bytes,
                                                 const Team& team);

/// The first `most` (0: all) images of an .npz or .npy (judge/generated.hpp says which arrays).
std::unique_ptr<PictureSource> pictures_of_arrays(const std::filesystem::path& path, std::int64_t most,
                                                  ByteRule bytes);

/// How pictures of a folder are brought to one size.
struct CropPlan {
    std::string rule =
        "adm";     ///< adm: center_crop_arr (data/filtered_resize.hpp); area: our data sets' rule; none
    int side = 0;  ///< of the square; 0: as they are
};

/// The first `most` (0: all) pictures of a folder and of the folders in it, in natural order; of large folders as of small
/// ones only a portion is in memory. Without a crop pictures may have different sizes.
std::unique_ptr<PictureSource> pictures_of_folder(const std::filesystem::path& path, std::int64_t most,
                                                  const CropPlan& crop, const Remarks& remarks);

/// The first `most` (0: all; needed for endless sets) images of a data set, which must outlive this.
std::unique_ptr<PictureSource> pictures_of_data(const ImageDataset& data, std::int64_t most,
                                                const std::string& name, ByteRule bytes);

/// Name, size and time of a file, for prints.
std::string file_print(const std::filesystem::path& path);

}  // namespace mf

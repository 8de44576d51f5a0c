// SPDX-License-Identifier: MIT
// Pictures of any stored set as squares of bytes, one after the other: memory does not grow with the number of files.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.hpp"

namespace mf {

struct CropRule {
    std::string name =
        "adm";  ///< adm: center_crop_arr (data/filtered_resize.hpp); area: our data sets' (data/resize.hpp)
    int side = 256;
};

class SquarePictures {
  public:
    virtual ~SquarePictures() = default;

    std::int64_t count() const { return count_; }
    const std::vector<std::string>& class_names() const { return class_names_; }
    const std::vector<std::string>& remarks() const { return remarks_; }
    /// 0 without classes.
    virtual std::int32_t label(std::int64_t i) const = 0;
    /// Picture `i` as (side, side, 3), cut by the rule; nothing, with a line in `why`, for one that cannot be read and may be
    /// left out. Error for one that may not.
    virtual std::optional<std::vector<std::uint8_t>> read(std::int64_t i, std::string& why) const = 0;
    /// What the pictures are, in a line that changes when they do.
    virtual std::string print() const = 0;

  protected:
    std::int64_t count_ = 0;
    std::vector<std::string> class_names_, remarks_;
};

/// The pictures of the data set that `settings` (data.name and its keys) describe; files of a folder are read when they are
/// asked for. `most`: only the first so many; 0: all. UsageError for sets that are no pictures of 1 or 3 channels, for endless ones without
/// `most`, and for keys that say what `crop` says (data.size, data.flip, data.channels).
std::unique_ptr<SquarePictures> square_pictures(const Settings& settings, const CropRule& crop,
                                                std::int64_t most, int threads);

/// The name of the data set that reads what is at `path`: idx, cifar or image_folder.
std::string set_name_for(const std::string& path);

}  // namespace mf
